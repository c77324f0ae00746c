import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const PREFIX = 'authaction-test-';

/**
 * Jest's global setup: a test run has a temporary folder of its own, which goes when the run ends. Others leave things
 * there; the CDK alone one folder per app. A run within a run has the outer one's.
 */
export default function useOwnTempFolder(): void {
  if (basename(tmpdir()).startsWith(PREFIX)) return;
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder; // inherited by the workers
  process.env.XDG_CACHE_HOME = folder; // a developer's own run is not seen
  process.env.SIGNING_KEYS = join(folder, 'signing-keys'); // RSA keys take a while to make: suites share them
  mkdirSync(process.env.SIGNING_KEYS);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}
