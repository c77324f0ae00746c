import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestToken } from '../client/request-token';
import { projectRoot } from '../infra/bundling';

/** Longest time from the command to the answer it causes, in milliseconds. */
const REVOCATION_MS = 15_000;

export interface RevocationOptions {
  readonly stackName: string;
  /** Base URL of the deployed API. */
  readonly apiUrl: string;
  /** Settings with the issuer's, and the address of the emulator. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Revokes the client by its subject and takes that back. Each call has a token of its own: the emulator cannot flush the
 * cache of decisions, which the command says and ends with 1.
 *
 * @throws Error when the API answers too late as it should.
 */
export async function rehearseRevocation({ stackName, apiUrl, environment }: RevocationOptions): Promise<void> {
  if (spawnSync('aws', ['--version']).error) {
    console.log('\n▸ authaction revoke: left out, there is no AWS CLI');
    return;
  }
  const { AUTHACTION_DOMAIN, AUTHACTION_AUDIENCE: audience = '', NODE_EXTRA_CA_CERTS = '' } = environment;
  const { AUTHACTION_CLIENT_ID: clientId = '', AUTHACTION_CLIENT_SECRET: clientSecret = '' } = environment;
  const endpoint = `https://${AUTHACTION_DOMAIN}/oauth2/m2m/token`;
  const ca = readFileSync(NODE_EXTRA_CA_CERTS, 'utf8');
  const newToken = () => requestToken({ endpoint, clientId, clientSecret, audience, scope: undefined, ca });
  const status = async () => {
    const headers = { authorization: `Bearer ${await newToken()}` };
    return (await fetch(`${apiUrl}/protected`, { headers })).status;
  };

  const [, claims = ''] = (await newToken()).split('.');
  const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { readonly sub: string };
  for (const [wanted, ...options] of [[401], [200, '--undo']] as const) {
    console.log(`\n▸ authaction revoke --sub ${sub} ${options.join('')}`);
    const since = performance.now();
    const args = ['tsx', 'cli/main.ts', 'revoke', '--stack', stackName, '--yes', '--sub', sub, ...options];
    spawnSync('npx', args, { cwd: projectRoot, env: environment, stdio: ['ignore', 'inherit', 'inherit'] });
    while ((await status()) !== wanted) {
      if (performance.now() - since > REVOCATION_MS) throw new Error(`${apiUrl}/protected does not answer ${wanted}`);
      await sleep(200);
    }
    console.log(`${wanted} after ${((performance.now() - since) / 1_000).toFixed(1)} s`);
  }
}
