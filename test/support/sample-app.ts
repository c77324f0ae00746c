import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findApp } from '../../local/app';
import { withPlaceholders } from '../../local/issuer-settings';
import { synthesize } from '../../local/synthesize';
import { oncePerRun } from './once-per-run';
import { projectCopy } from './project-copy';

/**
 * The folder of a CDK app with the sample routes that is synthesized already, for tests of what a command does next: it
 * starts in half the time. Settings that the app itself reads have no effect; {@link projectCopy} is for those.
 */
export async function sampleApp(): Promise<{ root: string; remove: () => void }> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sample-app-')));
  writeFileSync(join(root, 'cdk.json'), JSON.stringify({ app: await sampleAssembly() }));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** The folder of the cloud assembly of {@link sampleApp}. */
export const sampleAssembly = (): Promise<string> => oncePerRun('sample-assembly', synthesizeSample);

async function synthesizeSample(folder: string): Promise<void> {
  const { root, remove } = projectCopy();
  try {
    await synthesize(findApp(root), folder, withPlaceholders({ LAMBDA_SOURCE_MAPS: 'true' }));
  } finally {
    remove();
  }
}
