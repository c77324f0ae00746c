import { judgeAnswer } from '../../../cli/doctor/api';

const cors = { 'access-control-allow-origin': '*' };
const ours = (status: number, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers: { ...cors, ...headers },
  body: JSON.stringify({ error: 'E', message: 'M' }),
});
const foreign = (status: number, message: string) => ({ status, headers: {}, body: JSON.stringify({ message }) });
const withType = (status: number, type: string) => ({ ...foreign(status, 'M'), headers: { 'x-amzn-errortype': type } });
const awsForbidden = (type: string) => withType(403, type);
const awsError = (type: string) => withType(500, type);

describe('what an answer of the API means', () => {
  test.each([
    ['the handler refuses', ours(401, { 'x-amzn-remapped-www-authenticate': 'Bearer' }), 'by the handler', 'new token'],
    ['the authorizer decides differently', ours(401), 'by the authorizer', 'AUTHACTION_REVOKED'],
    ['a login in front of the API refuses', foreign(401, 'Sign in'), 'not by the authorizer', 'Find out what answers'],
    [
      'the authorizer refuses, and the app keeps its own gateway responses',
      withType(401, 'UnauthorizedException'),
      'by the authorizer',
      'AUTHACTION_AUDIENCE',
    ],
    ['the route needs more', ours(403), 'may not call this route', 'AUTHACTION_AUDIENCE'],
    ['the keys are unavailable', ours(503, { 'retry-after': '5' }), "the provider's keys", 'keys_fetch_failed'],
    ['the stage is missing', foreign(403, 'Missing Authentication Token'), 'no such route', 'the stage'],
    [
      'the route is unknown to API Gateway',
      awsForbidden('MissingAuthenticationTokenException'),
      'no such route',
      'not deployed',
    ],
    [
      'the route is unknown and a token is sent',
      awsForbidden('IncompleteSignatureException'),
      'no such route',
      'not deployed',
    ],
    [
      'a policy of the API refuses',
      awsForbidden('AccessDeniedException'),
      '"AccessDeniedException"',
      'resource policy',
    ],
    ['the authorizer times out', awsError('AuthorizerConfigurationException'), 'authorizer failed', "authorizer's log"],
    ['the request is too large', foreign(413, 'Too large'), 'too large', 'address'],
    ['a firewall refuses', foreign(403, 'Forbidden'), 'other than this API', 'WAF'],
    ['there are too many calls', ours(429), 'throttled', 'later'],
    ['a handler fails', ours(502), 'a handler failed', "handler's log"],
    ['the API fails', ours(500), 'the API failed', "handler's log"],
    ['a page answers', { status: 302, headers: {}, body: '' }, 'not an answer of this API', 'address'],
  ])('when %s', (_what, answer, meaning, todo) => {
    const { status, detail, advice } = judgeAnswer('GET /protected', answer, 200, true);
    expect(status).toBe('fail');
    expect(detail).toContain(meaning);
    expect(detail).toContain('expected 200');
    expect(advice).toContain(todo);
  });

  test('an open route that should be closed is the worst of all', () => {
    expect(judgeAnswer('GET /protected', ours(200), 401, false)).toMatchObject({
      status: 'fail',
      advice: expect.stringContaining('OPEN to every caller'),
    });
  });

  test('a web page where a 401 is expected may be that of a site in front of the API, or an open route', () => {
    const page = { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html></html>' };
    const { status, detail, advice } = judgeAnswer('GET /protected', page, 401, false);
    expect(status).toBe('fail');
    expect(detail).toContain('a web page answered; expected 401');
    expect(advice).toMatch(/check the address: .*If it is, the route is OPEN/);
  });

  test('a 401 that is expected, but of another origin, is no pass', () => {
    const found = judgeAnswer('GET /protected', foreign(401, 'Sign in'), 401, false);
    expect(found).toMatchObject({ status: 'fail', detail: expect.stringContaining('expected 401 of this API') });
  });

  test('a good answer to a bad token may be a cached decision', () => {
    expect(judgeAnswer('GET /protected', ours(200), 401, true).advice).toContain('may still have a decision');
  });

  test('a 403 that is expected, but of another origin, is no pass', () => {
    const found = judgeAnswer('GET /scoped', foreign(403, 'Missing Authentication Token'), 403, true);
    expect(found).toMatchObject({ status: 'fail', detail: expect.stringContaining('expected 403 of this API') });
    expect(judgeAnswer('GET /scoped', ours(403), 403, true).status).toBe('pass');
  });

  test.each([
    ['message', ''],
    ['message', ' with an explicit deny'],
    ['Message', ' with an explicit deny'],
    ['Message', ' with an explicit deny in an identity-based policy'],
  ])(
    "a 403 in API Gateway's own words, %s%s, passes: the API may have no gateway responses of this project",
    (member, how) => {
      const body = JSON.stringify({ [member]: `User is not authorized to access this resource${how}` });
      const own = { ...foreign(403, ''), body };
      expect(judgeAnswer('GET /scoped', own, 403, true)).toMatchObject({
        status: 'warn',
        detail: '403: the token is good, but may not call this route',
        advice: expect.stringContaining('gatewayResponses'),
      });
    },
  );

  test('an unexpected answer shows the id of its log line, if it looks like one', () => {
    const found = (id: string) => judgeAnswer('GET /', ours(401, { 'x-amz-apigw-id': id }), 200, true).detail;
    expect(found('YAbcDEFGiJA1Eg=')).toContain('x-amz-apigw-id YAbcDEFGiJA1Eg=');
    expect(found('a b\u001b[31m')).not.toContain('x-amz-apigw-id');
  });

  test.each([200, 204, 302, 400, 404])('a public handler may answer %i', (status) => {
    expect(judgeAnswer('GET /search', ours(status), 'an answer of the handler', false)).toMatchObject({
      status: 'pass',
      detail: `${status}: the handler answered`,
    });
  });

  test.each([401, 403, 429, 502, 503])('a public route that answers %i fails', (status) => {
    expect(judgeAnswer('GET /search', ours(status), 'an answer of the handler', false)).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('expected an answer of the handler'),
    });
  });

  test('the answer expected passes, and without CORS is worth a warning', () => {
    expect(judgeAnswer('GET /protected', ours(401), 401, false).status).toBe('pass');
    expect(judgeAnswer('GET /protected', { ...ours(401), headers: {} }, 401, false).status).toBe('warn');
  });
});
