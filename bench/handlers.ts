import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { esbuildOptions, projectRoot } from '../infra/bundling';
import { buildLambdas } from '../scripts/build';

/** What is measured: ours, the peers, and two lower limits. The tables keep this order. */
export const handlers = {
  ours: 'this project',
  'aws-jwt-verify': 'aws-jwt-verify, bare',
  jose: 'jose, remote set',
  jsonwebtoken: 'jsonwebtoken + jwks-rsa',
  'raw-crypto': 'crypto.verify + JSON.parse',
  empty: 'empty handler',
} as const;

export type HandlerName = keyof typeof handlers;
export const handlerNames = Object.keys(handlers) as HandlerName[];

export interface Bundle {
  readonly file: string;
  readonly bytes: number;
}

/** Files of one run: everything a child process loads lies outside the project, as it does on Lambda. */
export interface Bundles {
  readonly handlers: Readonly<Record<HandlerName, Bundle>>;
  /** Path of a bundled child program. */
  child(name: string): string;
}

/**
 * Bundles all handlers with the options of the deployment, ours by the build that gets deployed, and the child
 * programs that measure them.
 */
export async function bundleAll(folder: string, children: readonly string[]): Promise<Bundles> {
  mkdirSync(folder, { recursive: true });
  const sizes = await buildLambdas(join(folder, 'lambdas'));
  const ours = { file: join(folder, 'lambdas', 'authorizer', 'index.js'), bytes: sizes.authorizer ?? 0 };
  const peers = await Promise.all(
    handlerNames
      .filter((name) => name !== 'ours')
      .map(async (name) => {
        const outfile = join(folder, 'peers', name, 'index.js');
        await build({ ...esbuildOptions, entryPoints: [join(projectRoot, 'bench', 'peers', `${name}.ts`)], outfile });
        return [name, { file: outfile, bytes: statSync(outfile).size }] as const;
      }),
  );
  const child = (name: string) => join(folder, 'children', `${name}.js`);
  for (const name of children) {
    const entry = join(projectRoot, 'bench', 'children', `${name}.ts`);
    await build({ ...esbuildOptions, target: 'node20', entryPoints: [entry], outfile: child(name) });
  }
  return { handlers: { ours, ...Object.fromEntries(peers) } as Record<HandlerName, Bundle>, child };
}
