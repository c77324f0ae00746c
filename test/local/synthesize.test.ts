import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, findApp } from '../../local/app';
import { synthesize } from '../../local/synthesize';

test('rejects settings that cannot be used with every problem, and writes no assembly', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'synthesize-'));
  try {
    const failure = synthesize(findApp(process.cwd()), folder, { AUTHACTION_DOMAIN: '', AUTHACTION_AUDIENCE: '' });
    await expect(failure).rejects.toThrow(AppError);
    await expect(failure).rejects.toThrow(/^The settings cannot be used.*AUTHACTION_DOMAIN.*AUTHACTION_AUDIENCE/s);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
