import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { layers } from '../../scripts/check-imports';
import { writeSampleRoutes } from './sample-routes';

/** The folders that an app and the commands are made of. */
const SOURCES = layers.filter((name) => name !== 'bench' && name !== 'test');

/** A copy of the project that a test may change, with routes of its own; the packages are the project's. */
export function projectCopy(): { root: string; remove: () => void } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'project-')));
  for (const name of [...SOURCES, 'events', 'cdk.json', 'package.json', 'package-lock.json', 'tsconfig.json']) {
    cpSync(join(projectRoot, name), join(root, name), { recursive: true });
  }
  writeSampleRoutes(root);
  symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
