import { readDecisionLine } from '../../lambdas/authorizer/decision';
import { membersOf } from '../../lambdas/shared/json';
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
  if (inside !== undefined) return linesWithin(inside, 0);
  const rows = tableRows(text);
  if (rows.length > 0) return rows;
  const unescaped = withoutEscapes(text);
  return unescaped === text ? looseLine(text) : linesIn(unescaped);
}

/** JSON inside a string (`\\"`) or inside a column of a CSV file (`""`) as JSON alone. */
const withoutEscapes = (text: string): string =>
  text.includes('{\\') ? withoutBackslashes(text) : /\{\s{0,9}""/.test(text) ? text.replaceAll('""', '"') : text;

const withoutBackslashes = (text: string): string => text.replace(/\\{1,32}"/g, '"');

/** The rows of a table that names its columns first, as queries are exported: CSV, tabs, or bars. */
function tableRows(text: string): readonly Members[] {
  const rows = text.split(/\r?\n/).map((row) => row.split(row.includes('|') ? '|' : /[,\t]/).map(cell));
  const head = rows.findIndex((row) => row.some((name) => COLUMN.test(name)));
  const names = rows[head] ?? [];
  if (names.length < 2) return [];
  return rows
    .slice(head + 1)
    .map((row) => withoutPrefix(Object.fromEntries(names.map((name, at) => [name, row[at]]))))
    .filter(isOurs);
}

const cell = (text: string): string => text.trim().replace(/^"(.*)"$/, '$1');

const COLUMN = /^(?:message\.)?(?:decision|event)$/;

function linesWithin(value: unknown, depth: number): readonly Members[] {
  if (depth > MAX_DEPTH) return [];
  if (typeof value === 'string') {
    const inside = /^\s*[{["]/.test(value) ? parseJson(value) : undefined;
    return inside === undefined ? [] : linesWithin(inside, depth + 1);
  }
  if (Array.isArray(value)) {
    const row = withoutPrefix(Object.fromEntries(value.flatMap(fieldAndValue)));
    return isOurs(row) ? [row] : value.flatMap((item) => linesWithin(item, depth + 1));
  }
  if (typeof value !== 'object' || value === null) return [];
  const members = withoutPrefix(value as Members);
  if (isOurs(members)) return [members];
  return Object.values(members).flatMap((member) => linesWithin(member, depth + 1));
}

/** The AWS CLI prints a row of a query as `[{"field": …, "value": …}]`. */
function fieldAndValue(item: unknown): readonly (readonly [string, unknown])[] {
  const { field, value } = membersOf(item);
  return typeof field === 'string' ? [[field, value]] : [];
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
export const ID = /^[A-Za-z0-9+/_-]{8,64}={0,2}$/;

const NAMED_ID = /(?:x-amz-apigw-id|extended ?request ?id)["']?\s{0,9}[:=]?\s{0,9}["']?([A-Za-z0-9+/_-]{8,64}={0,2})/i;
const NAMED_REQUEST_ID = /(?:x-amzn-requestid|requestId)["']?\s{0,9}[:=]?\s{0,9}["']?([A-Za-z0-9_-]{8,64})/i;
/** What only lines of Lambda itself have; their `requestId` is that of the invocation, not of the API's request. */
const LAMBDA_LINE =
  /"type"\s{0,9}:\s{0,9}"platform\.|\b(?:START|END|REPORT) RequestId:|Task timed out after|"errorMessage"\s{0,9}:|Runtime exited|Error Type: Runtime\./;
/** Lambda's own names for a process that ended, such as `Runtime.OutOfMemory`; errors of a start have a message. */
const ENDED = /Runtime exited|Error Type: Runtime\.|"errorType"\s{0,9}:\s{0,9}"Runtime\.(?:ExitError|OutOfMemory)"/;
const INVOCATION = /(?:RequestId:\s|"requestId"\s{0,9}:\s{0,9}"|^\S+\s)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/im;

/** What a line of Lambda itself says about an invocation of the authorizer. */
export interface LambdaLine {
  /** `refused`: the error that makes API Gateway answer 401, and that each refusal throws. */
  readonly kind: 'timeout' | 'refused' | 'error' | 'ended' | 'other';
  readonly invocation?: string | undefined;
}

/** A line of Lambda itself: the beginning, the end, a time-out or an error of an invocation. */
export function lambdaLineIn(pasted: string): LambdaLine | undefined {
  const text = withoutBackslashes(pasted); // a line inside of an event of CloudWatch
  if (!LAMBDA_LINE.test(text)) return undefined;
  const isTimeout = /Task timed out after|"status"\s{0,9}:\s{0,9}"timeout"|Status: timeout/.test(text);
  const [, message] = /"errorMessage"\s{0,9}:\s{0,9}"((?:[^"\\]|\\.){0,200})/.exec(text) ?? [];
  if (!isTimeout && ENDED.test(text)) return { kind: 'ended', invocation: INVOCATION.exec(text)?.[1] };
  const ofError = message === 'Unauthorized' ? 'refused' : message === undefined ? 'other' : 'error';
  const [, invocation] = INVOCATION.exec(text) ?? [];
  return { kind: isTimeout ? 'timeout' : ofError, invocation };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The id in a line of an execution log, `(id) …`, or of an access log. */
const UUID_INSIDE = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/i;

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
  const request = NAMED_REQUEST_ID.exec(text)?.[1] ?? UUID_INSIDE.exec(text)?.[0];
  return request === undefined ? undefined : { field: 'requestId', id: request };
}
