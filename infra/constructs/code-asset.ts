import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssetCode, Code } from 'aws-cdk-lib/aws-lambda';

/** A file of a function's code. */
export interface CodeFile {
  readonly name: string;
  readonly contents: string | Uint8Array;
}

/**
 * Hands code to the CDK, or files as the code of a function. The CDK copies files while the function is made and names the
 * asset by a hash of their content.
 *
 * @param use makes the function.
 */
export function withCode<T>(code: Code | readonly CodeFile[], use: (code: Code) => T): T {
  if (code instanceof Code) return use(code);
  const folder = mkdtempSync(join(tmpdir(), 'authaction-code-'));
  try {
    for (const { name, contents } of code) writeFileSync(join(folder, name), contents);
    return use(new AssetCode(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
