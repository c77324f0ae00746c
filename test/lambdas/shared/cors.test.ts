import { createCors } from '../../../lambdas/shared/cors';
import type { ProxyResult } from '../../../lambdas/shared/proxy-event';

const from = (origin: string, name = 'Origin') => ({ headers: { Host: 'api.example.com', [name]: origin } });
const EXPOSED = 'WWW-Authenticate,x-amzn-Remapped-WWW-Authenticate,Retry-After,x-amzn-RequestId,x-amz-apigw-id';
const TWO = { CORS_ALLOW_ORIGIN: 'https://one.example,https://two.example' };

test.each([
  ['unset', undefined, '*'],
  ['empty', '', '*'],
  ['one origin', 'https://one.example', 'https://one.example'],
])('with CORS_ALLOW_ORIGIN %s every caller gets the same headers', (_title, value, origin) => {
  const { corsHeaders } = createCors({ CORS_ALLOW_ORIGIN: value });
  const expected = { 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED };
  for (const event of [undefined, from('https://one.example'), from('https://other.example')]) {
    expect(corsHeaders(event)).toEqual(expected);
  }
});

test.each([
  ['listed first', from('https://one.example'), 'https://one.example'],
  ['listed second', from('https://two.example'), 'https://two.example'],
  ['listed, under a header in lower case', from('https://two.example', 'origin'), 'https://two.example'],
  ['not listed', from('https://other.example'), 'https://one.example'],
  ['a part of a listed one', from('https://two.exampl'), 'https://one.example'],
  ['a longer one', from('https://two.example.com'), 'https://one.example'],
  ['both at once', from('https://one.example,https://two.example'), 'https://one.example'],
  ['null, as of a sandboxed frame', from('null'), 'https://one.example'],
  ['absent', { headers: {} }, 'https://one.example'],
])('with several origins, one that is %s', (_title, event, origin) => {
  expect(createCors(TWO).corsHeaders(event)).toMatchObject({ 'Access-Control-Allow-Origin': origin, Vary: 'Origin' });
});

test('an event without headers, as tools make them by hand, is one without an origin', () => {
  const { corsHeaders } = createCors(TWO);
  for (const headers of [undefined, null]) {
    const event = { headers } as unknown as Parameters<typeof corsHeaders>[0];
    expect(corsHeaders(event)['Access-Control-Allow-Origin']).toBe('https://one.example');
  }
});

test('further headers are exposed after the default ones', () => {
  const { corsHeaders } = createCors({ CORS_EXPOSE_HEADERS: 'X-Total-Count,ETag' });
  expect(corsHeaders()['Access-Control-Expose-Headers']).toBe(`${EXPOSED},X-Total-Count,ETag`);
});

test.each([
  ['true', 'true'],
  ['', undefined],
  ['false', undefined],
])('CORS_ALLOW_CREDENTIALS "%s" allows credentials: %s', (value, expected) => {
  const { corsHeaders } = createCors({ ...TWO, CORS_ALLOW_CREDENTIALS: value });
  expect(corsHeaders()['Access-Control-Allow-Credentials']).toBe(expected);
});

describe('an answer', () => {
  const { corsHeaders, allowOrigin } = createCors(TWO);
  const answer = (headers: Record<string, string>): ProxyResult => ({ statusCode: 200, headers, body: '' });
  const originFor = (event: Parameters<typeof allowOrigin>[0], result: ProxyResult) =>
    allowOrigin(event, result).headers?.['Access-Control-Allow-Origin'];

  test('with the headers of no caller in particular gets the origin of its caller', () => {
    const result = answer({ ...corsHeaders(), ETag: '"1"' });
    expect(originFor(from('https://two.example'), result)).toBe('https://two.example');
    expect(originFor(from('https://other.example'), result)).toBe('https://one.example');
    expect(allowOrigin(from('https://two.example'), result).headers).toMatchObject({ ETag: '"1"', Vary: 'Origin' });
  });

  test.each([
    ['that allows another origin', answer({ 'Access-Control-Allow-Origin': 'https://mine.example' })],
    ['without CORS headers', answer({ ETag: '"1"' })],
    ['without headers', { statusCode: 204, body: '' }],
  ])('%s stays as the handler wrote it', (_title, result) => {
    expect(allowOrigin(from('https://two.example'), result)).toEqual(result);
  });
});
