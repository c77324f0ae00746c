import { connectionProblem } from '../../client/connection-problems';
import { type HttpAnswer, httpRequest } from '../../client/http-request';
import type { Config } from '../../lambdas/authorizer/config';
import { CLOCK_TOLERANCE_SECONDS } from '../../lambdas/authorizer/token/claims';
import { membersOf } from '../../lambdas/shared/json';
import { quote } from '../../terminal/quote';
import { duration } from '../../terminal/times';
import { examineKeyFetch, parseJson } from './key-fetch';
import { examinePath } from './network';
import { examineProxy } from './proxy';
import { publishedKeyChecks } from './published-keys';
import { type Check, fail, pass, type Section, skip, warn } from './report';
import type { TokenExaminer } from './token-checks';

/** A `Date` header has whole seconds and is read a moment after it was written: less than this says nothing. */
const CLOCK_RESOLUTION_SECONDS = 5;

/** What was found out about the provider: for people, and for the checks of a token. */
export interface ExaminedProvider extends Pick<TokenExaminer, 'published' | 'clues'> {
  readonly section: Section;
}

/**
 * Examines the identity provider the way the authorizer reaches it: proxy, name, addresses, TLS, keys, discovery
 * document, clock.
 *
 * @param env the environment, for its proxy.
 */
export async function examineProvider(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ExaminedProvider> {
  const title = 'Identity provider';
  const { hostname, port, host } = new URL(config.jwksUri);
  const name = hostname.replace(/^\[|\]$/g, '');
  const portNumber = Number(port || '443');

  const proxy = examineProxy(env, name, portNumber);
  const path = await examinePath(name, portNumber, proxy, config.keysTimeoutSeconds * 1000);
  if (!path.isOpen) return { section: { title, checks: path.checks }, published: [] };

  const [fetched, discovery] = await Promise.all([
    examineKeyFetch(config, proxy.isUsed),
    httpRequest({ url: `https://${host}/.well-known/openid-configuration` }).catch(connectionProblem),
  ]);
  const { answer, answeredAtSeconds, published } = fetched;
  const clock =
    answer === undefined
      ? skip('clock', 'no answer to compare it with')
      : clockCheck(answer.headers.date, answeredAtSeconds, ageSeconds(answer));
  const checks = [
    ...path.checks,
    ...fetched.checks,
    ...publishedKeyChecks(config, fetched),
    typeof discovery === 'string' ? skip('discovery', discovery) : discoveryCheck(config, discovery),
    clock,
  ];
  return {
    section: { title, checks },
    published,
    clues: {
      discoveredIssuer: typeof discovery === 'string' ? undefined : issuerOf(discovery),
      clockAheadSeconds:
        clock.status === 'pass' || answer === undefined
          ? undefined
          : answeredAtSeconds - serverSeconds(answer.headers.date, ageSeconds(answer)),
    },
  };
}

function issuerOf({ status, body }: HttpAnswer): string | undefined {
  const { issuer } = membersOf(parseJson(body));
  return status === 200 && typeof issuer === 'string' ? issuer : undefined;
}

/**
 * Compares the issuer that the provider says it is with those that the authorizer accepts. The authorizer never reads
 * the document.
 */
export function discoveryCheck({ issuers, jwksUri }: Config, { status, body }: HttpAnswer): Check {
  if (status !== 200) return skip('discovery', `no discovery document (HTTP ${status}); the authorizer needs none`);
  const document = parseJson(body);
  // Sites of one page answer so wherever they have nothing.
  if (document === undefined) return skip('discovery', 'no discovery document (not JSON); the authorizer needs none');
  const { issuer, jwks_uri: published } = membersOf(document);
  if (typeof issuer !== 'string' || !(issuers as readonly string[]).includes(issuer)) {
    return fail(
      'discovery',
      `the provider calls itself ${quote(issuer)}, but this API expects ${issuers.map(quote).join(' or ')}`,
      'Set AUTHACTION_DOMAIN to the host of the issuer: tokens carry that name.',
    );
  }
  return published === undefined || published === jwksUri
    ? pass('discovery', `issuer ${quote(issuer)}, as expected`)
    : warn(
        'discovery',
        `issuer as expected, but jwks_uri is ${quote(published)}`,
        `Compare the keys there with those at ${jwksUri}, where the authorizer takes them.`,
      );
}

/** Time that a cache has kept the answer, and its `Date` (RFC 9111 5.1), in seconds. */
const ageSeconds = ({ headers }: HttpAnswer): number => Number(/^\d{1,9}$/.exec(headers.age ?? '')?.[0] ?? 0);

/** The server's clock at its answer; NaN without a `Date` (RFC 9110 6.6.1). */
const serverSeconds = (date: string | undefined, age: number): number => Date.parse(date ?? '') / 1000 + age;

/**
 * Compares this machine's clock with the server's.
 *
 * @param nowSeconds this clock when the answer came.
 */
export function clockCheck(date: string | undefined, nowSeconds: number, age = 0): Check {
  const server = serverSeconds(date, age);
  if (Number.isNaN(server)) return skip('clock', 'the server sends no Date');
  const skew = nowSeconds - server;
  if (Math.abs(skew) < CLOCK_RESOLUTION_SECONDS) return pass('clock', 'agrees with the server');
  const detail = `this clock is ${duration(skew)} ${skew > 0 ? 'ahead of' : 'behind'} the server`;
  const todo = 'Set this clock by NTP. Lambda has its own clock, so the times below may look different there.';
  return Math.abs(skew) > CLOCK_TOLERANCE_SECONDS ? fail('clock', detail, todo) : warn('clock', detail, todo);
}
