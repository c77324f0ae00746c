import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isJsonObject } from '../../lambdas/shared/json';
import type { Answer } from './answer';
import { isBinary } from './binary';

/** Headers of a Lambda's answer that reach the caller under another name, and those that do not ("Important notes"). */
const REMAPPED = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'max-forwards',
  'server',
  'user-agent',
  'www-authenticate',
]);
const DROPPED = new Set([
  'expect',
  'host',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);

const FIELDS = ['body', 'headers', 'isBase64Encoded', 'multiValueHeaders', 'statusCode'];

type Line = readonly [name: string, value: string];

/** A proxy answer that API Gateway does not take. The message names a field, never a value. */
export class MalformedAnswerError extends Error {
  override readonly name = 'MalformedAnswerError';
}

/** A body that says it is base64 and is not, where the API decodes it. */
export class UndecodableBodyError extends Error {
  override readonly name = 'UndecodableBodyError';
}

/**
 * Reads the answer of a Lambda proxy integration.
 *
 * @param binary the API's binary media types, and the caller's `Accept` header.
 * @throws MalformedAnswerError, which is 502 for the caller.
 * @throws UndecodableBodyError, which is 500.
 */
export function readProxyAnswer(
  result: unknown,
  binary: { readonly mediaTypes: readonly string[]; readonly accept: string | undefined },
): Answer {
  if (!isJsonObject(result)) throw new MalformedAnswerError('the answer is not an object');
  const unknown = Object.keys(result).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw new MalformedAnswerError(`${JSON.stringify(unknown)} is not a field of an answer`);
  const { body, isBase64Encoded } = result;
  if (body !== undefined && body !== null && typeof body !== 'string') {
    throw new MalformedAnswerError('body is not a string');
  }
  if (isBase64Encoded !== undefined && isBase64Encoded !== null && typeof isBase64Encoded !== 'boolean') {
    throw new MalformedAnswerError('isBase64Encoded is not a boolean');
  }
  const lines = headerLines(result.headers, result.multiValueHeaders);
  const kept = lines.filter(([name]) => !DROPPED.has(name.toLowerCase()));
  const renamed = kept.map(
    ([name, value]): Line => (REMAPPED.has(name.toLowerCase()) ? [`x-amzn-Remapped-${name}`, value] : [name, value]),
  );
  const hasType = renamed.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    status: statusIn(result.statusCode),
    headers: hasType ? renamed : [['Content-Type', 'application/json'], ...renamed],
    body: isBase64Encoded && isBinary(binary.mediaTypes, binary.accept) ? decoded(body ?? '') : (body ?? ''),
  };
}

/** A number, or text that is one; 200 when there is none. */
function statusIn(statusCode: unknown): number {
  if (statusCode === undefined || statusCode === null) return 200;
  const isText = typeof statusCode === 'string' && /^\d+$/.test(statusCode);
  const status = isText ? Number(statusCode) : statusCode;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    throw new MalformedAnswerError('statusCode is not a number from 200 to 599');
  }
  return status;
}

/** The values of `multiValueHeaders` first; those of `headers` follow, unless the same name has the same value there. */
function headerLines(headers: unknown, multiValueHeaders: unknown): readonly Line[] {
  const lines = entries('multiValueHeaders', multiValueHeaders).flatMap(([name, values]) => {
    if (!Array.isArray(values))
      throw new MalformedAnswerError(`multiValueHeaders: ${JSON.stringify(name)} is not a list`);
    return (values as unknown[]).map((value) => headerLine('multiValueHeaders', name, value));
  });
  for (const [name, value] of entries('headers', headers)) {
    const line = headerLine('headers', name, value);
    const isThere = lines.some((other) => other[0].toLowerCase() === name.toLowerCase() && other[1] === line[1]);
    if (!isThere) lines.push(line);
  }
  return lines;
}

function entries(field: string, value: unknown): readonly [string, unknown][] {
  if (value === undefined || value === null) return [];
  if (!isJsonObject(value)) throw new MalformedAnswerError(`${field} is not an object`);
  return Object.entries(value);
}

function headerLine(field: string, name: string, value: unknown): Line {
  if (!['string', 'number', 'boolean'].includes(typeof value)) {
    throw new MalformedAnswerError(`${field}: a value of ${JSON.stringify(name)} is not a string`);
  }
  try {
    validateHeaderName(name);
    validateHeaderValue(name, String(value));
  } catch {
    throw new MalformedAnswerError(`${field}: ${JSON.stringify(name)} cannot be sent`);
  }
  return [name, String(value)];
}

function decoded(text: string): Buffer {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text.replace(/[\r\n]/g, ''))) throw new UndecodableBodyError('body is not base64');
  return Buffer.from(text, 'base64');
}
