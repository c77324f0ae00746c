import { setTimeout as sleep } from 'node:timers/promises';
import { connectionProblem } from '../../client/connection-problems';
import { httpRequest } from '../../client/http-request';
import { AppError } from '../../local/app';

/** The longest wait for a refusal, in milliseconds. */
const WAIT_MS = 60_000;

/** Time between two calls, in milliseconds. */
const INTERVAL_MS = 500;

/** Time between two lines about a wait, in milliseconds. */
const PROGRESS_MS = 5_000;

/** A call that shows whether the API refuses a token. */
export interface TokenCall {
  /** Address of a `GET` route that needs a token. */
  readonly url: string;
  readonly token: string;
}

/**
 * Checks before a change that the call can show its effect: without a token it gets 401, with it any other answer.
 *
 * @returns `false` when the API refuses the token already.
 * @throws AppError when the route needs no token, or the API cannot be called.
 */
export async function isAccepted({ url, token }: TokenCall): Promise<boolean> {
  try {
    const withoutToken = await statusOf(url);
    if (withoutToken !== 401) {
      throw new AppError(
        `${url} needs no token: without one it answers ${withoutToken}. Nothing was changed. Give --url the address of a GET route that needs one.`,
      );
    }
    return (await statusOf(url, token)) !== 401;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      `${url} cannot be called: ${connectionProblem(error)}. Nothing was changed. Without --token, the command does not wait.`,
    );
  }
}

/**
 * Calls the API until it refuses the token.
 *
 * @param sinceMs when the change began, on the clock of `performance.now()`.
 * @param report takes a line about the wait, at most one in five seconds.
 * @returns the time from the change to the refusal, in milliseconds.
 * @throws AppError when the wait is too long.
 */
export async function waitForRefusal(
  { url, token }: TokenCall,
  sinceMs: number,
  report: (line: string) => void,
  waitMs = WAIT_MS,
): Promise<number> {
  let reportedAtMs = performance.now();
  const endMs = reportedAtMs + waitMs;
  for (;;) {
    const answer = await statusOf(url, token).catch(connectionProblem);
    const nowMs = performance.now();
    if (answer === 401) return nowMs - sinceMs;
    if (nowMs >= endMs) {
      throw new AppError(
        `The token is not refused after ${seconds(nowMs - sinceMs)}: ${url} answers ${answer}. Does the entry match the token? ` +
          'Decisions that could not be flushed stay for AUTHORIZER_CACHE_TTL_SECONDS.',
      );
    }
    if (nowMs - reportedAtMs >= PROGRESS_MS) {
      reportedAtMs = nowMs;
      report(`Not refused after ${seconds(nowMs - sinceMs)}: ${answer}`);
    }
    await sleep(INTERVAL_MS);
  }
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;

async function statusOf(url: string, token?: string): Promise<number> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await httpRequest({ url, headers })).status;
}
