import { connect } from 'node:net';
import fc from 'fast-check';
import type { GatewayEvent } from '../../../local/gateway/gateway';
import { codePoint } from '../../support/code-point';
import { type LocalLab, startLocalLab } from './conformance/local-lab';
import type { RawAnswer } from './conformance/send';
import { send } from './conformance/send';

const events: GatewayEvent[] = [];
let lab: LocalLab;
beforeAll(async () => {
  lab = await startLocalLab((event) => events.push(event));
});
afterAll(() => lab?.stop());

const RUNS = { numRuns: 150 };

/** Names that mean something to HTTP, to Node or to API Gateway, and names that are none. */
const headerName = fc.oneof(
  fc.constantFrom(
    'Trailer',
    'Transfer-Encoding',
    'Content-Length',
    'Connection',
    'Keep-Alive',
    'Upgrade',
    'Expect',
    'Date',
    'Set-Cookie',
    'Content-Type',
    'WWW-Authenticate',
    'x-amzn-RequestId',
    '__proto__',
    'constructor',
    ':status',
    '',
  ),
  fc.string(),
);
const anyText = fc.string({ unit: codePoint });
const headerValue = fc.oneof(fc.string(), anyText, fc.constantFrom('chunked', '-1', 'close', '\r\nX: y'));

/** Answers of any shape, most of them close to one that API Gateway takes. */
const proxyAnswer = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      statusCode: fc.oneof(fc.integer(), fc.integer({ min: 100, max: 999 }), fc.jsonValue()),
      headers: fc.oneof(fc.dictionary(headerName, fc.oneof(headerValue, fc.jsonValue())), fc.jsonValue()),
      multiValueHeaders: fc.oneof(fc.dictionary(headerName, fc.array(headerValue)), fc.jsonValue()),
      body: fc.oneof(anyText, fc.jsonValue()),
      isBase64Encoded: fc.oneof(fc.boolean(), fc.jsonValue()),
    },
    { requiredKeys: [] },
  ),
);

const isAnswer = ({ status, headers }: RawAnswer): void => {
  expect(status).toBeGreaterThanOrEqual(200);
  expect(status).toBeLessThan(600);
  expect(headers.filter(([name]) => name.toLowerCase() === 'x-amzn-requestid')).toHaveLength(1);
};

it('any answer of a function is sent, or is 502 or 500 with one line under the function’s name', async () => {
  await fc.assert(
    fc.asyncProperty(proxyAnswer, fc.boolean(), async (answer, isBinary) => {
      events.length = 0;
      const url = (isBinary ? lab.binaryGateway : lab.gateway).url;
      const body = JSON.stringify({ answer });
      const received = await send(url, { line: 'POST /from-body', headers: ['Accept: image/png'], body });
      isAnswer(received);
      const lines = events.flatMap((event) => (event.type === 'log' ? [[event.functionId, event.record.message]] : []));
      const isShaped = received.headers.some(([name]) => name === 'X-Shaped');
      expect(lines).toEqual(
        isShaped ? [['FromBodyFunction', expect.stringMatching(/^Malformed Lambda proxy response: [^\r\n]+$/)]] : [],
      );
    }),
    RUNS,
  );
});

it('any answer of an authorizer lets the call through or refuses it', async () => {
  const statement = fc.record(
    {
      Effect: fc.constantFrom('Allow', 'Deny', 'allow'),
      Action: fc.constantFrom('*', 'execute-api:Invoke'),
      Resource: fc.oneof(fc.constant('*'), fc.string(), fc.jsonValue()),
    },
    { requiredKeys: ['Effect'] },
  );
  const authorizerAnswer = fc.oneof(
    fc.jsonValue(),
    fc.record({
      principalId: fc.oneof(fc.string(), fc.jsonValue()),
      policyDocument: fc.oneof(fc.record({ Statement: fc.array(statement) }), fc.jsonValue()),
      context: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
    }),
  );
  let caller = 0;
  await fc.assert(
    fc.asyncProperty(authorizerAnswer, async (answer) => {
      caller += 1;
      const headers = [`Authorization: fuzz-${caller}`];
      // Headers have their limit.
      fc.pre(JSON.stringify(answer).length < 8000);
      const received = await send(lab.gateway.url, { line: 'GET /secure/a', headers, authorizer: { answer } });
      isAnswer(received);
      expect([200, 403, 500]).toContain(received.status);
    }),
    RUNS,
  );
});

/** A target that HTTP can carry: Node itself refuses a fragment. */
const target = fc
  .tuple(
    fc.constantFrom('/', '/echo', '/users/', '/files/', '/secure/', '//', '*', 'http://x/'),
    fc.string({ unit: 'grapheme' }),
  )
  .map(([start, rest]) => encodeURI(start + rest.replace(/\p{Cs}/gu, '')).replaceAll(/[ #]/g, ''));
const token = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/);
const line = fc.tuple(
  fc.oneof(
    fc.constantFrom(
      'X-HTTP-Method-Override',
      'Authorization',
      'X-Amzn-Trace-Id',
      'X-Forwarded-For',
      'Cookie',
      '__proto__',
    ),
    token,
  ),
  fc.stringMatching(/^[\x21-\x7e\x80-\xff]*$/),
);

it('any request gets an answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'OPTIONS', 'HEAD', 'PUT'),
      target,
      fc.array(line),
      async (method, path, lines) => {
        const headers = lines
          .map(([name, value]) => `${name}: ${value}`)
          .filter((text) => !/^(content-length|transfer-encoding|host|connection|expect):/i.test(text));
        isAnswer(await send(lab.gateway.url, { line: `${method} ${path}`, headers }));
      },
    ),
    RUNS,
  );
});

/** Writes bytes, and waits until the gateway has had them and the connection is over. */
function write(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(lab.gateway.url).port), '127.0.0.1');
    socket.on('data', () => undefined);
    socket.once('error', () => undefined);
    socket.once('close', () => resolve());
    socket.write(bytes);
    socket.end();
  });
}

it('bytes that are no request, and callers that go away, leave the gateway at work', async () => {
  events.length = 0;
  const start = fc.constantFrom(
    '',
    'GET /echo HTTP/1.1\r\n',
    'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n',
    'POST /from-body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  await fc.assert(
    fc.asyncProperty(start, fc.uint8Array(), async (text, bytes) => {
      await write(Buffer.concat([Buffer.from(text), bytes]));
    }),
    RUNS,
  );
  expect((await send(lab.gateway.url, { line: 'GET /plain' })).status).toBe(200);
  expect(events.filter((event) => event.type === 'log')).toEqual([]);
});
