import { type ConsoleAction, type TokenKind, tokenKinds } from './view';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** A path, and nothing that could name another host or break out of the request line. */
const PATH = /^\/(?!\/)[\x21-\x7E]*$/;

/** A token as it may stand in a header: visible ASCII, whatever it is worth. */
const TOKEN = /^[\x21-\x7E]{1,9000}$/;

/** Reads what the page asks for; `undefined` for anything else. */
export function parseAction(text: string): ConsoleAction | undefined {
  const asked = jsonObject(text);
  switch (asked.action) {
    case 'token':
      return isTokenKind(asked.kind) ? { action: 'token', kind: asked.kind } : undefined;
    case 'call':
      return parseCall(asked);
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

function parseCall({ method, path, token }: Readonly<Record<string, unknown>>): ConsoleAction | undefined {
  if (typeof method !== 'string' || !METHODS.includes(method)) return undefined;
  if (typeof path !== 'string' || !PATH.test(path)) return undefined;
  if (token === undefined) return { action: 'call', method, path };
  return typeof token === 'string' && TOKEN.test(token) ? { action: 'call', method, path, token } : undefined;
}

const isTokenKind = (value: unknown): value is TokenKind => (tokenKinds as readonly unknown[]).includes(value);

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
