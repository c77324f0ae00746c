import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from './gateway/intrinsics';
import type { MergedResource } from './merge-stacks';

/** A function that cannot run on this machine, and why. */
export interface UnrunnableFunction {
  readonly id: string;
  readonly reason: string;
}

/**
 * What takes a function's place here: inline code gets a file; for code that Node.js cannot run, a function that fails
 * with the reason, so that its routes answer 502 and the log says why.
 *
 * @param scratch folder for the code.
 * @returns `undefined` for a function that runs as it is, and for every other resource.
 */
export function standIn(
  id: string,
  resource: MergedResource,
  scratch: string,
): { readonly resource: MergedResource; readonly reason?: string } | undefined {
  if (resource.Type !== 'AWS::Lambda::Function') return undefined;
  const reason = whyNot(resource);
  if (reason !== undefined) {
    const message = `${id} cannot run on this machine: ${reason}`;
    const code = `exports.handler = async () => {\n  throw new Error(${JSON.stringify(message)});\n};\n`;
    const { Environment: _environment, ...properties } = resource.Properties;
    const Properties = { ...properties, Handler: 'index.handler', Runtime: 'nodejs24.x' };
    return { resource: { ...resource, Properties, Metadata: writeCode(id, code, scratch) }, reason };
  }
  const inline = inlineCode(resource);
  return inline === undefined ? undefined : { resource: { ...resource, Metadata: writeCode(id, inline, scratch) } };
}

function whyNot(resource: MergedResource): string | undefined {
  const { Runtime, PackageType } = resource.Properties;
  if (PackageType === 'Image') return 'its code is a container image';
  if (!/^nodejs\d+\.x$/.test(String(Runtime))) return `its runtime is ${String(Runtime)}, and only Node.js runs here`;
  if (inlineCode(resource) !== undefined) return undefined;
  const asset = resource.Metadata['aws:asset:path'];
  if (typeof asset !== 'string' || !existsSync(asset)) return 'its code is not in the cloud assembly';
  return statSync(asset).isDirectory() ? undefined : 'its code is an archive';
}

function inlineCode({ Properties }: MergedResource): string | undefined {
  const { ZipFile } = (Properties.Code ?? {}) as JsonObject;
  return typeof ZipFile === 'string' ? ZipFile : undefined;
}

function writeCode(id: string, code: string, scratch: string): JsonObject {
  const folder = join(scratch, `code-${id}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), code);
  return { 'aws:asset:path': folder };
}
