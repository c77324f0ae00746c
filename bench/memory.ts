import { encodePart } from '../samples/tokens';
import { runChild } from './child';
import type { MemoryJob, MemoryResult } from './children/memory';
import type { HandlerName } from './handlers';
import { claimsFor, createIssuer, environment, type Issuer, tokenPool } from './inputs';
import { startProvider } from './provider';
import type { Run } from './run';

export type { MemoryResult } from './children/memory';

const measured = ['ours', 'aws-jwt-verify', 'jose', 'jsonwebtoken'] as const satisfies HandlerName[];

/** What a long-lived container keeps: decisions on good tokens and on forgeries of many kinds, in equal shares. */
export async function memory({ bundles, smoke, note }: Run): Promise<Record<string, MemoryResult>> {
  const issuer = createIssuer();
  const provider = await startProvider(issuer.jwks);
  try {
    const authorizations = mix(issuer, provider.host, smoke ? 10 : 5_000).map((token) => `Bearer ${token}`);
    const results: Record<string, MemoryResult> = {};
    for (const name of measured) {
      const decisions = smoke ? 100 : 1_000_000;
      note(`${name}: ${decisions} decisions`);
      const job: MemoryJob = { bundle: bundles.handlers[name].file, authorizations, decisions };
      results[name] = await runChild<MemoryResult>({
        nodeArguments: ['--expose-gc'],
        program: bundles.child('memory'),
        job,
        environment: environment(issuer, provider.host, provider.caFile),
      });
    }
    return results;
  } finally {
    await provider.close();
  }
}

function mix(issuer: Issuer, host: string, each: number): string[] {
  const good = tokenPool(issuer, host, each);
  const forge = (number: number, claims: Record<string, unknown>, header: Record<string, unknown> = {}) => {
    const head = { alg: 'RS256', typ: 'JWT', kid: issuer.key.kid, ...header };
    return `${encodePart(head)}.${encodePart(claimsFor(host, number, claims))}.${'A'.repeat(342)}`;
  };
  return good.flatMap((token, number) => [
    token,
    forge(number, {}),
    forge(number, { iss: `https://forged-${number}.example.test` }),
    forge(number, {}, { kid: `forged-${number}` }),
  ]);
}
