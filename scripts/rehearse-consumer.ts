import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Issuer } from '../local/issuer/issuer';
import { makeCdkInitApp } from './consumers/cdk-init';
import { packPackage } from './package';

/**
 * Packs the package and makes a fresh consumer app whose tenant is the embedded issuer.
 *
 * @param folder for temporary files.
 * @returns the app's folder.
 */
export async function makeConsumer(folder: string, { domain, audience }: Issuer): Promise<string> {
  const parent = join(folder, 'consumer');
  mkdirSync(parent);
  const tarball = await packPackage(folder);
  return makeCdkInitApp(parent, tarball, { domain, audience: [audience], monitoring: 'none' });
}
