import fc from 'fast-check';
import { isScopeToken } from '../../../lambdas/authorizer/token/claims';
import {
  type AuthorizerContext,
  decodeContext,
  encodeContext,
  type VerifiedPrincipal,
} from '../../../lambdas/shared/principal';

/** What API Gateway makes of a context before a handler sees it: strings throughout, and members of its own. */
const asDelivered = (context: AuthorizerContext) => ({
  principalId: 'somebody',
  integrationLatency: 12,
  ...Object.fromEntries(Object.entries(context).map(([key, value]) => [key, String(value)])),
});

const principals: fc.Arbitrary<VerifiedPrincipal> = fc.record(
  {
    sub: fc.string({ minLength: 1, unit: 'grapheme' }),
    scopes: fc.uniqueArray(fc.string().filter(isScopeToken)),
    expiresAtSeconds: fc.oneof(
      fc.integer({ min: 0, max: 253402300799 }),
      // Without -0, which no text keeps apart from 0.
      fc.double({ min: Number.MIN_VALUE, max: 253402300799, noNaN: true }),
    ),
    clientId: fc.string(),
    claims: fc.base64String({ minLength: 4 }),
  },
  { requiredKeys: ['sub', 'scopes', 'expiresAtSeconds'] },
);

test('decodeContext() returns the principal that encodeContext() wrote, after API Gateway made every value a string', () => {
  fc.assert(
    fc.property(principals, (principal) => {
      expect(decodeContext(asDelivered(encodeContext(principal)))).toEqual(principal);
      expect(decodeContext(encodeContext(principal))).toEqual(principal);
    }),
  );
});

test('encodeContext() writes only what API Gateway accepts: keys of letters, digits and _, flat values', () => {
  fc.assert(
    fc.property(principals, (principal) => {
      for (const [key, value] of Object.entries(encodeContext(principal))) {
        expect(key).toMatch(/^[A-Za-z0-9_]+$/);
        expect(['string', 'number']).toContain(typeof value);
      }
    }),
  );
});

test('reads an exp that was written as a floating-point number', () => {
  expect(decodeContext({ sub: 'a', scope: '', exp: '4.1024448E9' })?.expiresAtSeconds).toBe(4102444800);
});

test('leaves out a client_id that is not a string', () => {
  expect(decodeContext({ sub: 'a', scope: '', exp: '1', client_id: 7 })).toEqual({
    sub: 'a',
    scopes: [],
    expiresAtSeconds: 1,
  });
  expect(Object.keys(decodeContext({ sub: 'a', scope: '', exp: '1' }) ?? {})).not.toContain('clientId');
});

test('leaves out claims that are not a string', () => {
  expect(decodeContext({ sub: 'a', scope: '', exp: '1', token_claims: {} })).not.toHaveProperty('claims');
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a string', 'sub'],
  ['an empty context', {}],
  ['no sub', { scope: '', exp: '1' }],
  ['an empty sub', { sub: '', scope: '', exp: '1' }],
  ['a sub that is not a string', { sub: 7, scope: '', exp: '1' }],
  ['no scope', { sub: 'a', exp: '1' }],
  ['no exp', { sub: 'a', scope: '' }],
  ['an empty exp', { sub: 'a', scope: '', exp: '' }],
  ['an exp that is not a number', { sub: 'a', scope: '', exp: 'soon' }],
  ['an exp that is a boolean', { sub: 'a', scope: '', exp: true }],
  ['an exp in an array', { sub: 'a', scope: '', exp: ['1'] }],
  ['an infinite exp', { sub: 'a', scope: '', exp: 'Infinity' }],
  ["another authorizer's context", { claims: { sub: 'a', exp: '1' } }],
])('decodeContext() returns undefined for %s', (_title, context) => {
  expect(decodeContext(context)).toBeUndefined();
});
