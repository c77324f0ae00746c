import fc from 'fast-check';
import { isScopeToken } from '../../../lambdas/authorizer/token/scopes';
import {
  type AuthorizerContext,
  decodeContext,
  encodeContext,
  type Principal,
} from '../../../lambdas/shared/principal';

/** What API Gateway makes of a context before a handler sees it: strings throughout, and members of its own. */
const asDelivered = (context: AuthorizerContext) => ({
  principalId: 'somebody',
  integrationLatency: 12,
  ...Object.fromEntries(Object.entries(context).map(([key, value]) => [key, String(value)])),
});

const principals: fc.Arbitrary<Principal> = fc.record(
  {
    sub: fc.string({ minLength: 1 }),
    scopes: fc.uniqueArray(fc.string().filter(isScopeToken)),
    expiresAt: fc.oneof(
      fc.integer({ min: 0, max: 253402300799 }),
      // Without -0, which no text keeps apart from 0.
      fc.double({ min: Number.MIN_VALUE, max: 253402300799, noNaN: true }),
    ),
    clientId: fc.string({ minLength: 1 }),
  },
  { requiredKeys: ['sub', 'scopes', 'expiresAt'] },
);

test('a handler reads the very principal that the authorizer wrote', () => {
  fc.assert(
    fc.property(principals, (principal) => {
      expect(decodeContext(asDelivered(encodeContext(principal)))).toEqual(principal);
      expect(decodeContext(encodeContext(principal))).toEqual(principal);
    }),
  );
});

test('a context holds nothing but what API Gateway takes: keys of letters, digits and _, flat values', () => {
  fc.assert(
    fc.property(principals, (principal) => {
      for (const [key, value] of Object.entries(encodeContext(principal))) {
        expect(key).toMatch(/^[A-Za-z0-9_]+$/);
        expect(['string', 'number']).toContain(typeof value);
      }
    }),
  );
});

test('reads an expiry that was written as a floating-point number', () => {
  expect(decodeContext({ sub: 'a', scope: '', exp: '4.1024448E9' })?.expiresAt).toBe(4102444800);
});

test('leaves out a client that is no text', () => {
  expect(decodeContext({ sub: 'a', scope: '', exp: '1', client_id: 7 })).toEqual({
    sub: 'a',
    scopes: [],
    expiresAt: 1,
  });
  expect(Object.keys(decodeContext({ sub: 'a', scope: '', exp: '1' }) ?? {})).not.toContain('clientId');
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'sub'],
  ['an empty context', {}],
  ['no sub', { scope: '', exp: '1' }],
  ['an empty sub', { sub: '', scope: '', exp: '1' }],
  ['a sub that is no text', { sub: 7, scope: '', exp: '1' }],
  ['no scope', { sub: 'a', exp: '1' }],
  ['no expiry', { sub: 'a', scope: '' }],
  ['an empty expiry', { sub: 'a', scope: '', exp: '' }],
  ['an expiry that is no number', { sub: 'a', scope: '', exp: 'soon' }],
  ['an expiry that is a flag', { sub: 'a', scope: '', exp: true }],
  ['an expiry in a list', { sub: 'a', scope: '', exp: ['1'] }],
  ['an expiry that never comes', { sub: 'a', scope: '', exp: 'Infinity' }],
  ["another authorizer's context", { claims: { sub: 'a', exp: '1' } }],
])('finds no principal in %s', (_title, context) => {
  expect(decodeContext(context)).toBeUndefined();
});
