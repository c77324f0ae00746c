import { parseRevoked } from '../../lambdas/authorizer/token/revoked';
import { type Call, type CallMethod, type ConsoleAction, callMethods, type TokenKind, tokenKinds } from './view';

/** A path, and nothing that could name another host or break out of the request line. */
const PATH = /^\/(?!\/)[\x21-\x7E]*$/;

/** A token as it may stand in a header: visible ASCII, whatever it is worth. */
const TOKEN = /^[\x21-\x7E]{1,9000}$/;

/** A header's value: printable ASCII. */
const CONTENT_TYPE = /^[\x20-\x7E]{1,200}$/;

/** Reads what the page asks for; `undefined` for anything else. */
export function parseAction(text: string): ConsoleAction | undefined {
  const asked = jsonObject(text);
  switch (asked.action) {
    case 'token':
      return isTokenKind(asked.kind) ? { action: 'token', kind: asked.kind } : undefined;
    case 'call': {
      const call = isObject(asked.call) ? parseCall(asked.call) : undefined;
      return call && { action: 'call', call };
    }
    case 'revoke':
      if (asked.list === undefined) return { action: 'revoke' };
      return isRevokedList(asked.list) ? { action: 'revoke', list: asked.list } : undefined;
    case 'rotate-key':
    case 'stop-issuer':
    case 'start-issuer':
    case 'clear-cache':
    case 'restart-lambdas':
      return { action: asked.action };
    default:
      return undefined;
  }
}

function parseCall({ method, path, token, body, contentType }: JsonObject): Call | undefined {
  if (!isCallMethod(method) || !isMatch(path, PATH)) return undefined;
  if (token !== undefined && !isMatch(token, TOKEN)) return undefined;
  if (contentType !== undefined && !isMatch(contentType, CONTENT_TYPE)) return undefined;
  if (body !== undefined && (typeof body !== 'string' || method === 'GET' || method === 'HEAD')) return undefined;
  return {
    method,
    path,
    ...(token === undefined ? {} : { token }),
    ...(body === undefined ? {} : { body }),
    ...(contentType === undefined ? {} : { contentType }),
  };
}

const isRevokedList = (value: unknown): value is string =>
  typeof value === 'string' && parseRevoked(value) !== undefined;
const isTokenKind = (value: unknown): value is TokenKind => (tokenKinds as readonly unknown[]).includes(value);
const isCallMethod = (value: unknown): value is CallMethod => (callMethods as readonly unknown[]).includes(value);
const isMatch = (value: unknown, pattern: RegExp): value is string => typeof value === 'string' && pattern.test(value);

type JsonObject = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;

function jsonObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
