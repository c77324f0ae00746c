import { execFileSync } from 'node:child_process';
import { installedNode } from '../scripts/node-binary';

export interface NodeBinary {
  readonly path: string;
  /** Without the leading `v`. */
  readonly version: string;
}

/** A Node binary of a major version: the running one, or one that npm brings on first use. */
export function nodeBinary(major: string): NodeBinary {
  const own = process.versions.node;
  if (major === own.split('.')[0]) return { path: process.execPath, version: own };
  const path = installedNode(major);
  return { path, version: execFileSync(path, ['--version'], { encoding: 'utf8' }).trim().slice(1) };
}
