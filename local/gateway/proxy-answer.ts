import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Answer } from './answer';
import { isRecord } from './is-record';

/** Headers of a Lambda's answer that reach the caller under another name, and those that API Gateway writes itself. */
const REMAPPED = new Set(['authorization', 'connection', 'date', 'server', 'www-authenticate']);
const DROPPED = new Set(['content-length', 'transfer-encoding']);

/**
 * Reads the answer of a Lambda proxy integration.
 *
 * The body goes out as it is: without binary media types, API Gateway does not decode base64 either.
 *
 * @returns `undefined` when it is malformed, which is 502 for the caller.
 */
export function readProxyAnswer(result: unknown): Answer | undefined {
  if (!isRecord(result)) return undefined;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = result;
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode)) return undefined;
  if (statusCode < 200 || statusCode > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  if (isBase64Encoded !== undefined && typeof isBase64Encoded !== 'boolean') return undefined;
  const single = entries(headers);
  const multiple = entries(multiValueHeaders);
  if (!single || !multiple) return undefined;

  const lines: (readonly [string, string])[] = [];
  for (const [name, value] of multiple) {
    if (!Array.isArray(value)) return undefined;
    for (const item of value as unknown[]) {
      if (!isPrimitive(item)) return undefined;
      lines.push([name, String(item)]);
    }
  }
  // The same name in both: the multi-value ones win.
  const taken = new Set(multiple.map(([name]) => name.toLowerCase()));
  for (const [name, value] of single) {
    if (!isPrimitive(value)) return undefined;
    if (!taken.has(name.toLowerCase())) lines.push([name, String(value)]);
  }
  if (!lines.every(([name, value]) => isHeader(name, value))) return undefined;
  const kept = lines.filter(([name]) => !DROPPED.has(name.toLowerCase()));
  const renamed = kept.map(([name, value]) =>
    REMAPPED.has(name.toLowerCase()) ? ([`x-amzn-Remapped-${name}`, value] as const) : ([name, value] as const),
  );
  const hasType = renamed.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    status: statusCode,
    headers: hasType ? renamed : [['Content-Type', 'application/json'], ...renamed],
    body: body ?? '',
  };
}

function entries(value: unknown): [string, unknown][] | undefined {
  if (value === undefined || value === null) return [];
  return isRecord(value) ? Object.entries(value) : undefined;
}

const isPrimitive = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
