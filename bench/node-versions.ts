import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../infra/bundling';

export interface NodeBinary {
  readonly path: string;
  /** Without the leading `v`. */
  readonly version: string;
}

/**
 * A Node binary of a major version: the running one, or one that npm puts into the git-ignored `.cache/` on first use
 * (about 40 MB each; needs the network once).
 */
export function nodeBinary(major: string): NodeBinary {
  const own = process.versions.node;
  if (major === own.split('.')[0]) return { path: process.execPath, version: own };
  const folder = join(projectRoot, '.cache', 'node', major);
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const path = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(path)) {
    console.error(`Getting Node ${major} from npm into ${folder} …`);
    try {
      execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--no-save', `${name}@${major}`], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    } catch (cause) {
      throw new Error(`npm has no ${name}@${major}, or no network: run the bench with --node ${own.split('.')[0]}`, {
        cause,
      });
    }
  }
  return { path, version: execFileSync(path, ['--version'], { encoding: 'utf8' }).trim().slice(1) };
}
