import { readDecisionLine } from '../../lambdas/authorizer/decision';
import { parseJson } from './key-fetch';

/** How deep a line is searched in what was pasted. */
const MAX_DEPTH = 6;

/** The `event` of the authorizer's lines that are no decisions. */
export const lineEvents = ['keys_fetched', 'keys_fetch_failed', 'warm_up_failed'] as const;
export type LineEvent = (typeof lineEvents)[number];

/** A line as parsed. */
export type Members = Readonly<Record<string, unknown>>;

/** Every line of the authorizer in pasted text, however it is wrapped. */
export function linesIn(text: string): readonly Members[] {
  const whole = parseJson(text);
  if (whole !== undefined) return linesWithin(whole, 0);
  // Several lines, or a line behind a timestamp and a level.
  const perLine = text.split(/\r?\n/).flatMap((line) => {
    const start = line.indexOf('{');
    const value = start < 0 ? undefined : parseJson(line.slice(start, line.lastIndexOf('}') + 1));
    return value === undefined ? [] : linesWithin(value, 0);
  });
  if (perLine.length > 0) return perLine;
  const start = text.indexOf('{');
  const inside = start < 0 ? undefined : parseJson(text.slice(start, text.lastIndexOf('}') + 1));
  return inside === undefined ? looseLine(text) : linesWithin(inside, 0);
}

function linesWithin(value: unknown, depth: number): readonly Members[] {
  if (depth > MAX_DEPTH) return [];
  if (typeof value === 'string') {
    const inside = /^\s*[{[]/.test(value) ? parseJson(value) : undefined;
    return inside === undefined ? [] : linesWithin(inside, depth + 1);
  }
  if (Array.isArray(value)) return value.flatMap((item) => linesWithin(item, depth + 1));
  if (typeof value !== 'object' || value === null) return [];
  const members = withoutPrefix(value as Members);
  if (isOurs(members)) return [members];
  return Object.values(members).flatMap((member) => linesWithin(member, depth + 1));
}

/** The columns of a query are named `message.reason`. */
function withoutPrefix(members: Members): Members {
  const names = Object.keys(members);
  if (!names.some((name) => name.startsWith('message.'))) return members;
  return Object.fromEntries(names.map((name) => [name.replace(/^message\./, ''), members[name]]));
}

const isOurs = (members: Members): boolean => readDecisionLine(members) !== undefined || eventOf(members) !== undefined;

/** The event of a line that is no decision. */
export const eventOf = ({ event }: Members): LineEvent | undefined => lineEvents.find((known) => known === event);

/** A line that is not JSON: fields with their values, as `inspect` or a table of results shows them. */
function looseLine(text: string): readonly Members[] {
  const fields = ['decision', 'reason', 'kid', 'requestId', 'extendedRequestId', 'event', 'failure', 'code'];
  const members = Object.fromEntries(
    fields.flatMap((name) => {
      const [, value] =
        new RegExp(`(?:^|[\\s{,."'])${name}["']?[ \\t]{0,9}[:=\\t ][ \\t]{0,9}["']?([\\w.+/=-]{1,80})`).exec(text) ??
        [];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return isOurs(members) ? [members] : [];
}

/** Ids of API Gateway: base64, or the UUID of `requestId`. */
export const ID = /^[A-Za-z0-9+/=_-]{8,64}$/;

const NAMED_ID = /(?:x-amz-apigw-id|extendedRequestId)["']?\s{0,9}[:=]?\s{0,9}["']?([A-Za-z0-9+/=_-]{8,64})/i;
const NAMED_REQUEST_ID = /(?:x-amzn-requestid|requestId)["']?\s{0,9}[:=]?\s{0,9}["']?([A-Za-z0-9_-]{8,64})/i;
/** What only lines of Lambda itself have; their `requestId` is that of the invocation, not of the API's request. */
const LAMBDA_LINE =
  /"type"\s{0,9}:\s{0,9}"platform\.|\b(?:START|END|REPORT) RequestId:|Task timed out after|"errorMessage"\s{0,9}:/;
const INVOCATION = /(?:RequestId:\s|"requestId"\s{0,9}:\s{0,9}"|^\S+\s)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/im;

/** What a line of Lambda itself says about an invocation of the authorizer. */
export interface LambdaLine {
  /** `refused`: the error that makes API Gateway answer 401, and that each refusal throws. */
  readonly kind: 'timeout' | 'refused' | 'error' | 'other';
  readonly invocation?: string | undefined;
}

/** A line of Lambda itself: the beginning, the end, a time-out or an error of an invocation. */
export function lambdaLineIn(text: string): LambdaLine | undefined {
  if (!LAMBDA_LINE.test(text)) return undefined;
  const isTimeout = /Task timed out after|"status"\s{0,9}:\s{0,9}"timeout"|Status: timeout/.test(text);
  const [, message] = /"errorMessage"\s{0,9}:\s{0,9}"((?:[^"\\]|\\.){0,200})/.exec(text) ?? [];
  const ofError = message === 'Unauthorized' ? 'refused' : message === undefined ? 'other' : 'error';
  const [, invocation] = INVOCATION.exec(text) ?? [];
  return { kind: isTimeout ? 'timeout' : ofError, invocation };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id, and the field of the log line that has it. */
export interface FoundId {
  readonly field: 'extendedRequestId' | 'requestId';
  readonly id: string;
}

/** The id of a request: alone, or in headers of a response, an event or an access log. */
export function requestIdIn(text: string): FoundId | undefined {
  const alone = text.trim().replace(/^["']|["']$/g, '');
  if (ID.test(alone)) return { field: UUID.test(alone) ? 'requestId' : 'extendedRequestId', id: alone };
  const [, extended] = NAMED_ID.exec(text) ?? [];
  if (extended !== undefined) return { field: 'extendedRequestId', id: extended };
  const [, request] = NAMED_REQUEST_ID.exec(text) ?? [];
  return request === undefined ? undefined : { field: 'requestId', id: request };
}
