import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { run } from '../../scripts/consumers/consumer';

/** Puts the tarball's files into an app's `node_modules`, and this repository's copies of what a consumer has beside it. */
export function installPackage(app: string, tarball: string): void {
  const installed = join(app, 'node_modules', 'authaction-aws');
  mkdirSync(installed, { recursive: true });
  mkdirSync(join(app, 'node_modules', '@types'));
  run(app, 'tar', ['xzf', tarball, '--strip-components=1', '-C', installed]);
  for (const name of ['aws-cdk-lib', 'constructs', 'tsx', 'typescript', join('@types', 'node')]) {
    symlinkSync(join(projectRoot, 'node_modules', name), join(app, 'node_modules', name));
  }
}
