import { connect } from 'node:net';
import { type Gateway, type GatewayEvent, startGateway } from '../../../local/gateway/gateway';
import { readTemplate } from '../../../local/gateway/read-template';
import { type LocalFunction, startFunction } from '../../../local/lambda/start-function';
import { type ApiAnswer, call } from '../../acceptance/call';
import { bundle } from '../lambda/bundle';
import { addMethod, baseTemplate } from './template';

/** Does what the Authorization header says. */
const AUTHORIZER = `
let calls = 0;
exports.handler = async (event) => {
  calls += 1;
  const mode = event.headers.Authorization ?? event.headers.authorization;
  console.info({ decision: 'refuse', reason: 'expired' });
  const stage = event.methodArn.split('/').slice(0, 2).join('/');
  const policy = (Effect, path) => ({ Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: stage + path }] });
  const answer = (policyDocument) => ({ principalId: 'me', policyDocument, context: { text: 'x', number: 1.5, flag: true, calls } });
  switch (mode) {
    case 'unauthorized': throw new Error('Unauthorized');
    case 'unauthorized.': throw new Error('Unauthorized.');
    case 'broken': throw new TypeError('broken');
    case 'slow': return new Promise(() => {});
    case 'null': return null;
    case 'no-principal': return { ...answer(policy('Allow', '/*')), principalId: undefined };
    case 'number-principal': return { ...answer(policy('Allow', '/*')), principalId: 1 };
    case 'no-policy': return { ...answer(undefined) };
    case 'object-context': return { ...answer(policy('Allow', '/*')), context: { a: { b: 1 } } };
    case 'null-context': return { ...answer(policy('Allow', '/*')), context: { a: null } };
    case 'deny': return answer(policy('Deny', '/*'));
    case 'only-open': return answer(policy('Allow', '/GET/open'));
    case 'event': return { ...answer(policy('Allow', '/*')), context: { event: JSON.stringify(event) } };
    default: return answer(policy('Allow', '/*'));
  }
};`;

/** Does what \`?mode=\` says; echoes its event otherwise. */
const HANDLER = `
exports.handler = async (event) => {
  const mode = event.queryStringParameters?.mode;
  if (mode === 'throw') throw new Error('secret detail');
  if (mode === 'slow') return new Promise(() => {});
  if (mode) return eval('(' + mode + ')');
  return { statusCode: 200, body: JSON.stringify(event) };
};`;

const closers: (() => unknown)[] = [];
const events: GatewayEvent[] = [];
let gateway: Gateway;

async function start(ttlSeconds: number): Promise<Gateway> {
  const template = baseTemplate({ ttlSeconds });
  for (const [method, path, options] of [
    ['GET', '/', { guarded: false }],
    ['GET', '/open', {}],
    ['GET', '/free', { guarded: false }],
    ['GET', '/hurry', { guarded: false, timeoutMs: 200 }],
    ['POST', '/free', { guarded: false }],
    ['GET', '/items/{id}', { guarded: false }],
    ['GET', '/items/special', { guarded: false }],
    ['GET', '/items/{id}/parts/{part}', { guarded: false }],
    ['ANY', '/files/{path+}', { guarded: false }],
    ['PUT', '/files/{path+}', {}],
  ] as const) {
    addMethod(template, method, path, options);
  }
  const code: Record<string, string> = { AuthorizerFunction: AUTHORIZER, HandlerFunction: HANDLER };
  const api = readTemplate(template, '/assembly');
  const functions = new Map<string, LocalFunction>();
  for (const model of api.functions.values()) {
    const { path, remove } = bundle({ 'index.js': code[model.id] ?? '' });
    const lambda = startFunction({ ...model, assetPath: path });
    functions.set(model.id, lambda);
    closers.push(() => lambda.stop(), remove);
  }
  const started = await startGateway(0, { api, functions }, (event) => events.push(event));
  closers.push(() => started.close());
  return started;
}

beforeAll(async () => {
  gateway = await start(300);
});
beforeEach(() => {
  gateway.clearAuthorizerCache();
  events.length = 0;
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const get = (path: string, authorization?: string): Promise<ApiAnswer> =>
  call(gateway.url, path, { headers: authorization === undefined ? [] : ['Authorization', authorization] });
const answerWith = (expression: string): Promise<ApiAnswer> => get(`/free?mode=${encodeURIComponent(expression)}`);
/** Lines that the gateway wrote about a function. */
const logged = () =>
  events.flatMap((event) => (event.type === 'log' ? [[event.functionId, event.record.message]] : []));

/** Sends bytes as they are. */
function raw(bytes: string): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (data) => {
      text += String(data);
      const [head = '', body = ''] = text.split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      if (body.length < length) return;
      socket.destroy();
      resolve({ status: Number(head.split(' ')[1]), body: JSON.parse(body) });
    });
    socket.once('error', reject);
    socket.write(bytes);
  });
}
const authorizerEvents = () => events.filter((event) => event.type === 'authorizer');

describe('routing', () => {
  it.each(['/nowhere', '/items/', '/items', '/items//parts/x', '/%zz'])('%s goes nowhere', async (path) => {
    const { status, headers, body } = await get(path);
    expect({ status, body }).toEqual({ status: 403, body: { four: 'Missing Authentication Token' } });
    expect(headers).toMatchObject({ 'x-own': 'default', 'x-amzn-errortype': 'MissingAuthenticationTokenException' });
  });

  it('answers any method, known or not', async () => {
    for (const method of ['PROPFIND', 'TRACE']) {
      expect((await call(gateway.url, '/items/7', { method })).status).toBe(403);
    }
  });

  it('ANY serves no method that API Gateway does not know', async () => {
    expect((await call(gateway.url, '/files/a', { method: 'PROPFIND' })).status).toBe(403);
  });

  it('finds a literal whatever its encoding', async () => {
    await expect(get('/items/sp%65cial')).resolves.toMatchObject({ body: { resource: '/items/special' } });
  });

  it('takes a request line that names the whole address', async () => {
    const { status, body } = await raw('GET http://elsewhere.test/items/7 HTTP/1.1\r\nHost: x\r\n\r\n');
    expect({ status, path: (body as { path: string }).path }).toEqual({ status: 200, path: '/items/7' });
  });

  it('ANY serves every method without one of its own', async () => {
    await expect(call(gateway.url, '/files/a', { method: 'DELETE' })).resolves.toMatchObject({ status: 200 });
    await expect(call(gateway.url, '/files/a', { method: 'PUT' })).resolves.toMatchObject({ status: 401 });
  });
});

describe('the authorizer', () => {
  it.each<[string, string | undefined]>([
    ['missing', undefined],
    ['empty', ''],
    ['blank', '  '],
  ])('is not called when its identity source is %s', async (_case, authorization) => {
    const { status, body } = await get('/open', authorization);
    expect({ status, body }).toEqual({ status: 401, body: { four: 'Unauthorized' } });
    expect(authorizerEvents()).toMatchObject([{ source: 'skipped', outcome: 'unauthorized' }]);
  });

  it.each<[string, number, object]>([
    ['allow', 200, {}],
    ['unauthorized', 401, { four: 'Unauthorized' }],
    ['unauthorized.', 503, { type: 'AUTHORIZER_FAILURE' }],
    ['broken', 503, { type: 'AUTHORIZER_FAILURE' }],
    ['slow', 503, { type: 'AUTHORIZER_FAILURE' }],
    ['null', 500, { message: null }],
    ['no-principal', 500, { message: null }],
    ['number-principal', 500, { message: null }],
    ['no-policy', 500, { message: null }],
    ['object-context', 500, { message: null }],
    ['null-context', 500, { message: null }],
    ['deny', 403, { denied: 'User is not authorized to access this resource with an explicit deny' }],
  ])('that answers %s makes it %i', async (mode, status, body) => {
    await expect(get('/open', mode)).resolves.toMatchObject({ status, body });
    expect(authorizerEvents()).toMatchObject([
      { source: 'called', decision: { decision: 'refuse', reason: 'expired' } },
    ]);
  });

  it('hands its context on as text', async () => {
    const { body } = await get('/open', 'allow');
    const { requestContext } = body as { requestContext: { authorizer: object } };
    expect(requestContext.authorizer).toEqual({
      principalId: 'me',
      integrationLatency: expect.any(Number),
      text: 'x',
      number: '1.5',
      flag: 'true',
      calls: expect.stringMatching(/^\d+$/),
    });
  });

  it('is asked once per identity while the TTL lasts, and its policy is evaluated for each request', async () => {
    expect((await get('/open', 'only-open')).status).toBe(200);
    expect(
      (await call(gateway.url, '/files/a', { method: 'PUT', headers: ['Authorization', 'only-open'] })).status,
    ).toBe(403);
    expect((await get('/open', 'only-open')).status).toBe(200);
    expect(authorizerEvents()).toMatchObject([
      { source: 'called', result: 'allow' },
      { source: 'cached', result: 'implicit-deny', decision: { reason: 'expired' } },
      { source: 'cached', result: 'allow' },
    ]);
    expect(gateway.authorizerCacheSize()).toBe(1);
    expect((await get('/open', 'other')).status).toBe(200);
    expect(gateway.authorizerCacheSize()).toBe(2);
  });

  it('is not taken at a cached word for a header that comes twice', async () => {
    expect((await get('/open', 'allow')).status).toBe(200);
    await call(gateway.url, '/open', { headers: ['Authorization', 'x', 'Authorization', 'allow'] });
    expect(authorizerEvents().map((event) => event.source)).toEqual(['called', 'called']);
  });

  it.each(['unauthorized', 'broken', 'no-policy'])('is asked again after it answered %s', async (mode) => {
    await get('/open', mode);
    await get('/open', mode);
    expect(authorizerEvents().map((event) => event.source)).toEqual(['called', 'called']);
  });

  it('is asked every time without a TTL', async () => {
    const uncached = await start(0);
    for (const _ of [1, 2]) await call(uncached.url, '/open', { headers: ['Authorization', 'allow'] });
    expect(authorizerEvents().map((event) => event.source)).toEqual(['called', 'called']);
  });

  it('gets a REQUEST event', async () => {
    const { body } = await get('/open?a=1&a=2', 'event');
    const { requestContext } = body as { requestContext: { authorizer: { event: string } } };
    expect(JSON.parse(requestContext.authorizer.event)).toMatchObject({
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:us-east-1:123456789012:local00000/dev/GET/open',
      resource: '/open',
      path: '/open',
      httpMethod: 'GET',
      headers: { Authorization: 'event' },
      multiValueHeaders: { Authorization: ['event'] },
      queryStringParameters: { a: '2' },
      multiValueQueryStringParameters: { a: ['1', '2'] },
      pathParameters: {},
      stageVariables: { color: 'blue' },
      requestContext: { stage: 'dev', path: '/dev/open', identity: { sourceIp: '127.0.0.1' } },
    });
  });
});

describe('a Lambda proxy integration', () => {
  it('gets the request', async () => {
    const { headers, body } = await call(gateway.url, '/free?a=1&a=2&b=%C3%A9', {
      headers: ['X-Twice', 'one', 'x-twice', 'two', 'User-Agent', 'test'],
    });
    expect(body).toMatchObject({
      resource: '/free',
      path: '/free',
      httpMethod: 'GET',
      headers: { 'X-Twice': 'two', 'X-Forwarded-For': '127.0.0.1', 'X-Forwarded-Proto': 'https' },
      multiValueHeaders: { 'X-Twice': ['one', 'two'] },
      queryStringParameters: { a: '2', b: 'é' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: ['é'] },
      pathParameters: null,
      stageVariables: { color: 'blue' },
      requestContext: {
        accountId: '123456789012',
        apiId: 'local00000',
        httpMethod: 'GET',
        identity: { sourceIp: '127.0.0.1', userAgent: 'test' },
        path: '/dev/free',
        protocol: 'HTTP/1.1',
        requestId: headers['x-amzn-requestid'],
        extendedRequestId: headers['x-amz-apigw-id'],
        requestTime: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        resourcePath: '/free',
        stage: 'dev',
      },
      body: null,
      isBase64Encoded: false,
    });
    expect((body as { requestContext: object }).requestContext).not.toHaveProperty('authorizer');
  });

  it('appends the caller to a given X-Forwarded-For', async () => {
    const { body } = await call(gateway.url, '/free', { headers: ['x-forwarded-for', '192.0.2.1'] });
    expect(body).toMatchObject({ headers: { 'x-forwarded-for': '192.0.2.1, 127.0.0.1' } });
  });

  it('gets the trace id of the caller, and the caller gets it back', async () => {
    const root = 'Root=1-5759e988-bd862e3fe1be46a994272793';
    const { headers, body } = await call(gateway.url, '/free', { headers: ['X-Amzn-Trace-Id', `${root};Sampled=1`] });
    expect(body).toMatchObject({ headers: { 'X-Amzn-Trace-Id': root } });
    expect(headers['x-amzn-trace-id']).toBe(root);
  });

  it('may say its own length, which the caller gets under another name', async () => {
    const { headers } = await answerWith('{ headers: { "Content-Length": "7" }, body: "{}" }');
    expect(headers).toMatchObject({ 'content-length': '2', 'x-amzn-remapped-content-length': '7' });
  });

  it('gets the body as text', async () => {
    const response = await fetch(`${gateway.url}/free`, { method: 'POST', body: '{"é":1}' });
    await expect(response.json()).resolves.toMatchObject({ body: '{"é":1}', queryStringParameters: null });
  });

  it('gives status, headers and body, and the challenge under another name', async () => {
    const { status, headers, body } = await answerWith(`{
      statusCode: 418, headers: { 'X-One': 1, 'WWW-Authenticate': 'Bearer', 'Content-Type': 'application/problem+json' },
      multiValueHeaders: { 'Set-Cookie': ['a', 'b'], 'x-one': ['2'] }, body: '{}' }`);
    expect({ status, body }).toEqual({ status: 418, body: {} });
    expect(headers).toMatchObject({
      'x-one': '2, 1',
      'set-cookie': ['a', 'b'],
      'content-type': 'application/problem+json',
      'x-amzn-remapped-www-authenticate': 'Bearer',
    });
    expect(headers).not.toHaveProperty('www-authenticate');
  });

  it.each([
    ['nothing', 'null', 'the answer is not an object'],
    ['a status that is none', '{ statusCode: 99 }', 'statusCode is not a number from 200 to 599'],
    ['an interim status', '{ statusCode: 199 }', 'statusCode is not a number from 200 to 599'],
    ['a status of no class', '{ statusCode: 600 }', 'statusCode is not a number from 200 to 599'],
    ['a status beyond all', '{ statusCode: 1e9 }', 'statusCode is not a number from 200 to 599'],
    ['a fraction of a status', '{ statusCode: 200.5 }', 'statusCode is not a number from 200 to 599'],
    ['isBase64Encoded that is text', '{ isBase64Encoded: "true" }', 'isBase64Encoded is not a boolean'],
    ['a header that is no primitive', '{ headers: { a: {} } }', 'headers: a value of "a" is not a string'],
    ['a header with a line break', '{ headers: { a: "x\\ny" } }', 'headers: "a" cannot be sent'],
    ['a header that has no name', '{ headers: { "": "x" } }', 'headers: "" cannot be sent'],
    [
      'a multi value that is no primitive',
      '{ multiValueHeaders: { a: [{}] } }',
      'multiValueHeaders: a value of "a" is not a string',
    ],
    ['a field that is not known', '{ secret: 1 }', '"secret" is not a field of an answer'],
  ])('that answers %s makes it 502, and one line says why', async (_case, expression, why) => {
    const { status, headers, body } = await answerWith(expression);
    expect({ status, body }).toEqual({ status: 502, body: { message: 'Internal server error' } });
    expect(headers['x-amzn-errortype']).toBe('InternalServerErrorException');
    expect(logged()).toEqual([['HandlerFunction', `Malformed Lambda proxy response: ${why}`]]);
  });

  it('whose event would be larger than a Lambda takes makes it 413, as the API shapes it', async () => {
    const response = await fetch(`${gateway.url}/free`, { method: 'POST', body: 'x'.repeat(7 * 1024 * 1024) });
    expect(response.status).toBe(413);
    await expect(response.json()).resolves.toEqual({ four: 'Request Too Long' });
  });

  it('that does not answer in the function’s time makes it 502', async () => {
    await expect(answerWith('slow')).resolves.toMatchObject({ status: 502 });
  });

  it('that does not answer in the integration’s time makes it 504', async () => {
    await expect(get('/hurry?mode=slow')).resolves.toMatchObject({
      status: 504,
      body: { message: 'Endpoint request timed out' },
    });
    expect(logged()).toEqual([['HandlerFunction', 'did not answer within the 200 ms of its integration']]);
  });
});

describe('limits', () => {
  it('headers of more than 20,480 bytes are refused, though no single one is large', async () => {
    const headers = Array.from({ length: 30 }, (_, index) => `X-${index}: ${'x'.repeat(700)}\r\n`).join('');
    const { status, body } = await raw(`GET /free HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
    expect({ status, body }).toEqual({ status: 431, body: { message: 'Request Header Fields Too Large' } });
  });

  it('it listens on loopback only', () => {
    expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

it('goes on after an answer that cannot be sent', async () => {
  const print = jest.spyOn(console, 'error').mockImplementation();
  const template = baseTemplate();
  addMethod(template, 'GET', '/free', { guarded: false });
  const api = readTemplate(template, '/assembly');
  const unsendable = { statusCode: undefined, headers: { 'X-Own': 'two\nlines' }, template: undefined };
  const broken = await startGateway(0, {
    api: { ...api, gatewayResponses: new Map([['DEFAULT_4XX', unsendable]]) },
    functions: new Map(),
  });
  closers.push(() => broken.close());
  await expect(call(broken.url, '/nowhere')).rejects.toThrow();
  expect((await call(broken.url, '/free')).status).toBe(502);
  expect(print.mock.calls).toEqual([[expect.stringMatching(/^Gateway: .*Invalid character in header content/)]]);
  print.mockRestore();
});

it('tells in order what happens to a request', async () => {
  const { headers } = await get('/open?page=2', 'allow');
  const requestId = headers['x-amzn-requestid'];
  expect(events).toMatchObject([
    { type: 'request', requestId, method: 'GET', path: '/open' },
    { type: 'authorizer', requestId, source: 'called', outcome: 'allowed', result: 'allow' },
    { type: 'handler', requestId, functionId: 'HandlerFunction', invocation: { ok: true } },
    { type: 'answer', requestId, status: 200, resource: '/open', query: '?page=2', milliseconds: expect.any(Number) },
  ]);
});
