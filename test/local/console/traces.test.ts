import { collectTraces } from '../../../local/console/traces';
import type { Trace } from '../../../local/console/view';
import type { GatewayEvent } from '../../../local/gateway/gateway';
import type { Invocation } from '../../../local/lambda/start-function';

const requestId = 'request-1';
const request: GatewayEvent = { type: 'request', requestId, method: 'GET', path: '/public' };
const answer = {
  type: 'answer',
  requestId,
  method: 'GET',
  path: '/public',
  resource: '/public',
  milliseconds: 9,
  answer: { status: 200, headers: [['Content-Type', 'application/json']], body: '{}' },
} as const;
const invocation = { requestId, logs: [], milliseconds: 5 };

/** The traces that come of these events. */
function traces(...events: GatewayEvent[]): Trace[] {
  const found: Trace[] = [];
  const collect = collectTraces((trace) => found.push(trace));
  for (const event of events) collect(event);
  return found;
}

describe('the trace of a request', () => {
  test('keeps requests apart that are under way at the same time', () => {
    const other = { requestId: 'request-2', path: '/nowhere' };
    const { resource: _resource, ...unmatched } = answer;
    const found = traces(
      request,
      { ...request, ...other },
      { ...unmatched, ...other, status: 403, responseType: 'MISSING_AUTHENTICATION_TOKEN' },
      { type: 'handler', requestId, functionId: 'PublicFunction', invocation: { ...invocation, ok: true, result: {} } },
      { ...answer, status: 200 },
    );
    expect(found).toMatchObject([
      { id: 'request-2', matched: false, status: 403 },
      { id: 'request-1', matched: true, status: 200, handler: { name: 'PublicFunction', milliseconds: 5 } },
    ]);
    expect(found[0]).not.toHaveProperty('handler');
  });

  test('has the query as it was sent, but for a token in it', () => {
    const query = '?page=2&q=%C3%A4&access_token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl&last';
    const [found] = traces(request, { ...answer, status: 200, query });
    expect(found?.query).toBe('?page=2&q=%C3%A4&access_token=…&last');
  });

  test('shows what a handler failed with, without the frames of what runs it', () => {
    const failed: Invocation = {
      ...invocation,
      ok: false,
      kind: 'handler',
      error: {
        errorType: 'TypeError',
        errorMessage: 'no items',
        trace: [
          'TypeError: no items',
          '    at handler (/project/lambdas/public/handler.ts:7:55)',
          '    at new Promise (<anonymous>)',
          '    at call (/tmp/authaction-lambda-1/runtime.cjs:76:10)',
          '    at process.emit (node:events:524:28)',
        ],
      },
    };
    const [found] = traces(
      request,
      { type: 'handler', requestId, functionId: 'PublicFunction', invocation: failed },
      { ...answer, status: 502, responseType: 'INTEGRATION_FAILURE' },
    );
    expect(found?.handler?.error).toBe('TypeError: no items\n    at handler (/project/lambdas/public/handler.ts:7:55)');
  });

  test('says so when a handler did not answer in time', () => {
    const [found] = traces(request, { ...answer, status: 504, responseType: 'INTEGRATION_TIMEOUT' });
    expect(found?.handler?.error).toContain('in time');
  });

  test('blames the authorizer itself when it failed without a word', () => {
    const crashed: Invocation = {
      ...invocation,
      ok: false,
      kind: 'timeout',
      error: { errorType: 'E', errorMessage: 'm' },
    };
    const [found] = traces(
      request,
      { type: 'authorizer', requestId, outcome: 'failed', source: 'called', invocation: crashed },
      { ...answer, status: 503, responseType: 'AUTHORIZER_FAILURE' },
    );
    expect(found?.decision).toEqual({ outcome: 'fail', reason: 'internal_error' });
  });

  test('has the answer as the caller got it, and what the functions logged', () => {
    const log = (message: unknown) => ({ timestamp: '', level: 'INFO', message }) as const;
    const called = { ...invocation, ok: true, logs: [log({ decision: 'allow', kid: 'key-1' })], result: {} } as const;
    const handled = { ...invocation, ok: true, logs: [log('ten orders')], result: {} } as const;
    const [found] = traces(
      request,
      { type: 'authorizer', requestId, outcome: 'allowed', source: 'called', invocation: called },
      { type: 'handler', requestId, functionId: 'OrdersFunction', invocation: handled },
      { ...answer, status: 200 },
    );
    expect(found?.answer).toEqual({
      headers: [
        ['Content-Type', 'application/json'],
        ['x-amzn-RequestId', requestId],
      ],
      body: '{}',
    });
    expect(found?.logs).toEqual([
      'authorizer INFO { "decision": "allow", "kid": "key-1" }',
      'OrdersFunction INFO ten orders',
    ]);
  });

  test('cuts off a long body and a long log line', () => {
    const long = 'x'.repeat(1_000_000);
    const logged = { ...invocation, ok: true, logs: [{ timestamp: '', message: long }], result: {} } as const;
    const [found] = traces(
      request,
      { type: 'handler', requestId, functionId: 'PublicFunction', invocation: logged },
      { ...answer, status: 200, answer: { ...answer.answer, body: long } },
    );
    expect(found?.answer.body).toMatch(/^x{50000}… \(1000000 characters\)$/);
    expect(found?.logs[0]?.length).toBeLessThan(51_000);
  });
});
