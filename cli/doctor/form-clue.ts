import { type JsonObject, parseJsonObject } from '../../lambdas/shared/json';
import { quote } from '../../terminal/quote';
import type { Clue } from './clue';
import { notATokenClue } from './not-a-token';

/** What is wrong with the form of a token that is not three clean parts of base64url and JSON, and what to do. */
export function formClue(token: string): Clue | undefined {
  const parts = token.split('.');
  const { alg, enc } = members(parts[0]);
  if (parts.length === 5 && enc !== undefined) {
    return {
      detail: `five parts: an encrypted token (JWE) (alg ${quote(alg)}, enc ${quote(enc)}), which only the holder of its key can read; expected three`,
      todo: 'Switch off the encryption of access tokens for this API at the provider: the authorizer reads signed tokens.',
    };
  }
  const notAToken = notATokenClue(token);
  if (notAToken !== undefined) return notAToken;
  if (parts.length === 1) return { detail: 'no dots: an opaque token, not a JWT; expected three parts', todo: OPAQUE };
  if (parts.length !== 3) {
    const todo = 'Copy the whole access token: header, claims and signature with two dots between them.';
    return { detail: `${parts.length} parts; expected three`, todo };
  }
  const index = parts.findIndex((part, at) => problemOf(part, at) !== undefined);
  const part = parts[index];
  if (part === undefined) return undefined;
  return {
    detail: `the ${PARTS[index]} ${problemOf(part, index)}`,
    todo: 'Copy the token again, complete and unchanged.',
  };
}

const OPAQUE = 'Name the audience of this API in the token request: the provider then issues a JWT.';

const PARTS = ['header', 'claims part', 'signature'] as const;

function problemOf(part: string, index: number): string | undefined {
  if (part === '') return 'is empty';
  if (/[+/]/.test(part)) return 'is in base64, not base64url: it has + or /';
  if (/=$/.test(part)) return 'is padded with =, which a JWT is not (RFC 7515 2)';
  if (/[^\w-]/.test(part)) return 'has characters that are not base64url';
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) return 'is cut off or changed: its last character does not fit';
  if (index === 2) return undefined;
  const text = bytes.toString('utf8');
  if (text.includes('\uFFFD')) return 'is not UTF-8: cut off or changed';
  return isJsonObject(text) ? undefined : 'is not a JSON object: cut off or changed';
}

const isJsonObject = (text: string): boolean => parseJsonObject(text) !== undefined;

/** The members of a base64url part that may be a JSON object. */
const members = (part: string | undefined): JsonObject =>
  parseJsonObject(Buffer.from(part ?? '', 'base64url').toString('utf8')) ?? {};
