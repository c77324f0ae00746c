import {
  CognitoJwtInvalidGroupError,
  JwtExpiredError,
  JwtInvalidAudienceError,
  JwtInvalidIssuerError,
  JwtInvalidScopeError,
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  JwtParseError,
  ParameterValidationError,
} from 'aws-jwt-verify/error';
import { parseKeySet, type VerificationKey } from '../../../../lambdas/authorizer/keys/key-set';
import { createVerify, reasonOf } from '../../../../lambdas/authorizer/token/signature';
import { jwks, type SigningKey, signingKey } from '../../../../samples/keys';
import { AUDIENCE, goodClaims, ISSUER, nowSeconds, signToken } from '../../../../samples/tokens';

const key = signingKey('key-1');
const otherKey = signingKey('key-1');
const verify = createVerify({ issuers: [ISSUER, `${ISSUER}/`], audiences: [AUDIENCE, 'api-2'] });

function verificationKey(from: SigningKey): VerificationKey {
  const [found] = parseKeySet(jwks(from))?.get(from.kid) ?? [];
  if (!found) throw new Error('The key is not usable');
  return found;
}

test.each([
  ['plain claims', {}],
  ['the other issuer', { iss: `${ISSUER}/` }],
  ['the other audience in a list', { aud: ['x', 'api-2'] }],
  ['an nbf within the clock tolerance', { nbf: nowSeconds() + 20 }],
])('accepts a valid token with %s', (_title, overrides) => {
  expect(verify(signToken(key, goodClaims(overrides)), [verificationKey(key)])).toBeUndefined();
});

test.each([
  ['bad_signature', signToken(otherKey)],
  ['unsupported_algorithm', signToken(key, goodClaims(), { alg: 'RS512' })],
  ['malformed_token', 'garbage'],
  ['wrong_issuer', signToken(key, goodClaims({ iss: 'https://other.test' }))],
  ['wrong_audience', signToken(key, goodClaims({ aud: 'other' }))],
  ['expired', signToken(key, goodClaims({ exp: nowSeconds() - 60 }))],
  ['not_yet_valid', signToken(key, goodClaims({ nbf: nowSeconds() + 600 }))],
])('checks by itself for %s', (reason, token) => {
  expect(verify(token, [verificationKey(key)])).toBe(reason);
});

test('refuses a token with unknown_key when there are no keys', () => {
  expect(verify(signToken(key), [])).toBe('unknown_key');
  expect(verify('garbage', [])).toBe('unknown_key');
});

test('tries every key that shares the kid', () => {
  const keys = [verificationKey(otherKey), verificationKey(key)];
  expect(verify(signToken(key), keys)).toBeUndefined();
  expect(verify(signToken(otherKey), keys)).toBeUndefined();
  expect(verify(signToken(signingKey('key-1')), keys)).toBe('bad_signature');
});

test('reports the reason of the key that signed the token, whichever position it has', () => {
  const expired = signToken(key, goodClaims({ exp: nowSeconds() - 60 }));
  expect(verify(expired, [verificationKey(otherKey), verificationKey(key)])).toBe('expired');
  expect(verify(expired, [verificationKey(key), verificationKey(otherKey)])).toBe('expired');
});

test('verifies with the key it is given, whatever kid the token names', () => {
  expect(verify(signToken(key, goodClaims(), { kid: 'x' }), [verificationKey(key)])).toBeUndefined();
  expect(verify(signToken(key), [verificationKey(otherKey)])).toBe('bad_signature');
});

test.each([
  [new JwtInvalidSignatureError(), 'bad_signature'],
  [new JwtInvalidSignatureAlgorithmError('', 'a', 'b'), 'unsupported_algorithm'],
  [new JwtParseError(''), 'malformed_token'],
  [new JwtInvalidIssuerError('', 'a', 'b'), 'wrong_issuer'],
  [new JwtInvalidAudienceError('', 'a', 'b'), 'wrong_audience'],
  [new JwtExpiredError('', 'a', 'b'), 'expired'],
  [new JwtNotBeforeError('', 'a', 'b'), 'not_yet_valid'],
] as const)('maps the library error %p to %s', (error, reason) => {
  expect(reasonOf(error)).toBe(reason);
});

test.each([
  new ParameterValidationError('x'),
  new JwtInvalidScopeError('x', 'a', 'b'),
  new CognitoJwtInvalidGroupError('x', 'a', 'b'),
  new TypeError('x'),
  'text',
])('rethrows an error that does not describe the token: %p', (error) => {
  expect(() => reasonOf(error)).toThrow(error as Error);
});

test('throws when the key is broken, so that our own fault never looks like a bad token', () => {
  const broken = { ...verificationKey(key), keyObject: undefined as unknown as VerificationKey['keyObject'] };
  expect(() => verify(signToken(key), [broken])).toThrow();
});
