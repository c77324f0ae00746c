import { connectionProblem } from '../../client/connection-problems';
import { type HttpAnswer, httpRequest, type RequestTimes } from '../../client/http-request';
import type { Config } from '../../lambdas/authorizer/config';
import { httpsKeySet, KeyFetchError } from '../../lambdas/authorizer/keys/fetch';
import { type KeySet, keysOf } from '../../lambdas/authorizer/keys/key-set';
import { quote } from '../../terminal/quote';
import { type Check, fail, pass, skip, warn } from './report';

/** How long the doctor itself waits, to say how slow a slow provider is, in milliseconds. */
const PATIENCE_MS = 15_000;

/** A fetch that takes this share of the deadline is close to it. */
const CLOSE_SHARE = 0.5;

/** The longest deadline that AUTHACTION_KEYS_TIMEOUT_SECONDS can set, in seconds. */
const MAX_TIMEOUT_SECONDS = 10;

/** The key set as the authorizer fetched it, and as it stands at the provider. */
export interface FetchedKeys {
  readonly checks: readonly Check[];
  readonly keySet?: KeySet;
  /** The provider's answer, where there was one within the doctor's patience. */
  readonly answer?: HttpAnswer;
  /** When that answer began to arrive, in seconds since the epoch. */
  readonly answeredAtSeconds: number;
  /** The members of `keys` in that answer. */
  readonly published: readonly unknown[];
}

/** Fetches the keys as the authorizer does, with its deadline, and once more with patience to see where time goes. */
export async function examineKeyFetch(config: Config, isProxyUsed = false): Promise<FetchedKeys> {
  let answeredAtSeconds = 0;
  const noteTime = (answer: HttpAnswer): HttpAnswer => {
    const { wholeMs = 0, firstByteMs = wholeMs } = answer.times ?? {};
    answeredAtSeconds = (Date.now() - (wholeMs - firstByteMs)) / 1000;
    return answer;
  };
  const [fetched, answer] = await Promise.all([
    fetchAsAuthorizer(config),
    httpRequest({ url: config.jwksUri, timeoutMs: PATIENCE_MS }).then(noteTime, connectionProblem),
  ]);
  const seen = typeof answer === 'string' ? undefined : answer;
  const checks = [
    fetched.keySet === undefined
      ? failureCheck(config, fetched, seen, isProxyUsed)
      : successCheck(config, fetched.keySet, fetched.tookMs, seen),
    ...timesChecks(config, fetched, seen?.times),
  ];
  return {
    checks,
    ...(fetched.keySet === undefined ? {} : { keySet: fetched.keySet }),
    ...(seen === undefined ? {} : { answer: seen }),
    answeredAtSeconds,
    published: seen === undefined ? [] : (keysOf(parseJson(seen.body)) ?? []),
  };
}

interface AuthorizerFetch {
  readonly tookMs: number;
  readonly keySet?: KeySet;
  readonly error?: KeyFetchError;
}

/** The authorizer's own fetch, with its own rules for what is a key set. */
async function fetchAsAuthorizer({ jwksUri, keysTimeoutSeconds }: Config): Promise<AuthorizerFetch> {
  const startedAtMs = performance.now();
  const tookMs = () => Math.round(performance.now() - startedAtMs);
  try {
    const keySet = await httpsKeySet(jwksUri)(keysTimeoutSeconds * 1000);
    return { keySet, tookMs: tookMs() };
  } catch (error) {
    if (!(error instanceof KeyFetchError)) throw error;
    return { error, tookMs: tookMs() };
  }
}

function successCheck({ jwksUri }: Config, keySet: KeySet, tookMs: number, answer: HttpAnswer | undefined): Check {
  const mark = answer?.body.startsWith('\uFEFF') ? '; it begins with a byte order mark, which is ignored' : '';
  return pass('jwks', `${jwksUri}: ${count(keySet.size, 'usable key')}, ${tookMs} ms${mark}`);
}

function failureCheck(
  { jwksUri, seed }: Config,
  { error }: AuthorizerFetch,
  answer: HttpAnswer | undefined,
  isProxyUsed: boolean,
): Check {
  if (error === undefined) return skip('jwks', 'not fetched');
  const detail = `${jwksUri}: ${describeFailure(error, answer, isProxyUsed)}`;
  if (seed)
    return warn(
      'jwks',
      detail,
      'The authorizer starts with AUTHACTION_JWKS, but never sees a new key: repair the fetch.',
    );
  // The check of the times says what to do.
  if (error.failure === 'timeout') return { name: 'jwks', status: 'fail', detail: `${detail}: callers get 503` };
  return fail('jwks', detail, `Until this works, callers get 503. ${todoOf(error, answer, isProxyUsed)}`);
}

/** What is wrong with the provider's answer, in words. The decision log's `failure` has the same names. */
export const FAILURES: Readonly<Record<KeyFetchError['failure'], string>> = {
  timeout: 'no complete answer in time',
  network: 'the connection failed',
  status: 'the answer is not 200 (redirects are not followed)',
  encoding: 'the answer is compressed although it must not be',
  too_large: 'the answer is far larger than a key set',
  malformed: 'the answer is not JSON in UTF-8',
  no_usable_key: 'the answer has no key that can verify RS256',
};

function describeFailure(error: KeyFetchError, answer: HttpAnswer | undefined, isProxyUsed: boolean): string {
  const words = FAILURES[error.failure];
  if (error.failure === 'network') {
    return `${words}${isProxyUsed ? ' on the way through the proxy' : ''}, ${connectionProblem(error)}`;
  }
  const type = answer?.headers['content-type'];
  if (error.failure === 'no_usable_key') return setProblem(answer) ?? words;
  if (error.failure === 'malformed' && type !== undefined) return `${words}: its type is ${quote(type)}`;
  if (error.failure !== 'status' || error.status === undefined) return words;
  const location = answer?.headers.location;
  return `${words} but ${error.status}${location === undefined ? '' : `, to ${quote(location)}`}`;
}

/** Why an answer in JSON has no keys at all. */
function setProblem(answer: HttpAnswer | undefined): string | undefined {
  if (answer === undefined) return undefined;
  const keys = keysOf(parseJson(answer.body));
  if (keys === undefined) return 'the answer is JSON, but no key set: it has no array "keys"';
  return keys.length === 0 ? 'the key set is empty' : undefined;
}

function todoOf({ failure, status = 0 }: KeyFetchError, answer: HttpAnswer | undefined, isProxyUsed: boolean): string {
  if (failure === 'network' && isProxyUsed) return 'Check the proxy: whether it runs, and allows this host and port.';
  if (failure === 'status' && status >= 500) return 'The provider fails: try again later, and ask its support.';
  if (failure === 'status' && status === 429) return 'The provider limits requests: try again later.';
  if (failure === 'no_usable_key') {
    return setProblem(answer) === undefined
      ? 'See the keys below for why each is not used.'
      : 'Have the provider publish its keys as {"keys": [ … ]} (RFC 7517 5).';
  }
  const location = answer?.headers.location;
  if (location !== undefined) return 'Set AUTHACTION_DOMAIN to the host that answers without a redirect.';
  return 'Check AUTHACTION_DOMAIN, and open the address in a browser.';
}

/** A provider that is too slow for the doctor has no times. */
function timesChecks(config: Config, fetched: AuthorizerFetch, times: RequestTimes | undefined): readonly Check[] {
  if (times !== undefined) return [timesCheck(config, fetched, times)];
  if (fetched.error?.failure !== 'timeout') return [];
  const detail = `no complete answer within ${PATIENCE_MS} ms; the authorizer's deadline is ${config.keysTimeoutSeconds * 1000} ms`;
  return [
    fail('times', detail, 'Ask the provider why its key set does not answer, or look for a firewall on the way.'),
  ];
}

/** Where the time of a fetch goes, against the authorizer's deadline. */
function timesCheck({ keysTimeoutSeconds, seed }: Config, fetched: AuthorizerFetch, times: RequestTimes): Check {
  const deadlineMs = keysTimeoutSeconds * 1000;
  const wholeMs = times.wholeMs ?? 0;
  const isCutOff = fetched.error?.failure === 'timeout';
  const steps = STEPS.flatMap(([step, name]) => (times[step] === undefined ? [] : [`${name} ${times[step]} ms`]));
  const detail = `the key set took ${wholeMs} ms (after: ${steps.join(', ')}); the authorizer's deadline is ${deadlineMs} ms`;
  if (!isCutOff && wholeMs < deadlineMs * CLOSE_SHARE) return pass('times', detail);
  const isWithinReach = wholeMs < MAX_TIMEOUT_SECONDS * 1000 && keysTimeoutSeconds < MAX_TIMEOUT_SECONDS;
  const neededSeconds = Math.max(Math.ceil((wholeMs * 1.5) / 1000), keysTimeoutSeconds + 1);
  const todo = isWithinReach
    ? `Set AUTHACTION_KEYS_TIMEOUT_SECONDS to ${Math.min(neededSeconds, MAX_TIMEOUT_SECONDS)} and deploy, or have the provider answer faster.`
    : `Have the provider answer faster: AUTHACTION_KEYS_TIMEOUT_SECONDS allows ${MAX_TIMEOUT_SECONDS} at most.`;
  const problem = `${isCutOff ? 'slower than' : 'close to'} the authorizer's deadline: ${detail}`;
  return isCutOff && !seed ? fail('times', problem, todo) : warn('times', problem, todo);
}

const STEPS = [
  ['dnsMs', 'DNS'],
  ['tcpMs', 'TCP'],
  ['tlsMs', 'TLS'],
  ['firstByteMs', 'first byte'],
] as const;

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** JSON with or without a byte order mark; `undefined` for anything else. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
