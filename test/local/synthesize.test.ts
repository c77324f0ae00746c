import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SynthesisError, synthesize } from '../../local/synthesize';

test('rejects settings that cannot be used with every problem, and writes no assembly', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'synthesize-'));
  try {
    const failure = synthesize(folder, { AUTHACTION_DOMAIN: '', AUTHACTION_AUDIENCE: '' });
    await expect(failure).rejects.toThrow(SynthesisError);
    await expect(failure).rejects.toThrow(/^The settings cannot be used.*AUTHACTION_DOMAIN.*AUTHACTION_AUDIENCE/s);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
