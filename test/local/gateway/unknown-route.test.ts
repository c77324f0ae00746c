import type { GatewayRequest } from '../../../local/gateway/request';
import { unknownRouteAnswer } from '../../../local/gateway/unknown-route';

const answerTo = (...headers: readonly (readonly [name: string, value: string])[]) =>
  unknownRouteAnswer({
    headers: new Map(headers.map(([name, value]) => [name, [value]])),
  } as unknown as GatewayRequest);

it.each<[string, readonly (readonly [string, string])[]]>([
  ['no Authorization', []],
  ['an empty one', [['Authorization', ' ']]],
  ['another header', [['X-Authorization', 'Bearer a']]],
])('misses a token with %s', (_case, headers) => {
  expect(answerTo(...headers)).toEqual({ type: 'MISSING_AUTHENTICATION_TOKEN' });
});

it.each(['Bearer token', 'bearer token', 'Basic dXNlcjpwYXNz', 'AWS4-HMAC-SHA256 Credential=a, token'])(
  'misses an equal sign in %s, and names its hash only',
  (authorization) => {
    const { type, message } = answerTo(['authorization', authorization]);
    expect(type).toBe('INCOMPLETE_SIGNATURE');
    expect(message).toMatch(
      /^Invalid key=value pair \(missing equal-sign\) in Authorization header \(hashed with SHA-256 and encoded with Base64\): '[\w+/]{43}='\.$/,
    );
    expect(message).not.toContain('token');
  },
);

it('misses the parts of a signature where there are pairs or one word', () => {
  const missing =
    /^Authorization header requires 'Credential' parameter\. Authorization header requires 'Signature' parameter\. Authorization header requires 'SignedHeaders' parameter\. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\. /;
  for (const authorization of ['Basic Zm9vOmJhcg==', 'token']) {
    expect(answerTo(['Authorization', authorization])).toEqual({
      type: 'INCOMPLETE_SIGNATURE',
      message: expect.stringMatching(missing),
    });
  }
});

it('misses those parts alone that are missing', () => {
  const { message } = answerTo(['Authorization', 'AWS4-HMAC-SHA256 Credential=a, Signature=b'], ['X-Amz-Date', 'now']);
  expect(message).toMatch(/^Authorization header requires 'SignedHeaders' parameter\. \(Hashed/);
});

it('refuses a whole signature: no key of AWS opens a local API', () => {
  expect(answerTo(['Authorization', 'AWS4-HMAC-SHA256 Credential=a, Signature=b, SignedHeaders=c'])).toEqual({
    type: 'INVALID_SIGNATURE',
  });
});
