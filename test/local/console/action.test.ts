import { parseAction } from '../../../local/console/action';

describe('an action', () => {
  test.each([
    { action: 'token', kind: 'forged' },
    { action: 'call', call: { method: 'GET', path: '/items/1?x=%20' } },
    { action: 'call', call: { method: 'DELETE', path: '/', token: 'a.b.c' } },
    {
      action: 'call',
      call: { method: 'POST', path: '/', body: '{"a":\n1}', contentType: 'text/plain; charset=utf-8' },
    },
    { action: 'rotate-key' },
    { action: 'stop-issuer' },
    { action: 'start-issuer' },
    { action: 'clear-cache' },
    { action: 'restart-lambdas' },
    { action: 'revoke' },
    { action: 'revoke', list: 'sub:alice,client:app<2026-11-25T12:00:00Z' },
  ])('is read: %j', (action) => {
    expect(parseAction(JSON.stringify(action))).toEqual(action);
  });

  test.each([
    '',
    'null',
    '[]',
    '{"action":"stop"}',
    '{"action":"revoke","list":"alice"}',
    '{"action":"revoke","list":7}',
    '{"action":"token","kind":"__proto__"}',
    '{"action":"call","call":{"method":"get","path":"/"}}',
    '{"action":"call","call":{"method":"TRACE","path":"/"}}',
    '{"action":"call","call":{"method":"GET","path":"//evil.example/"}}',
    '{"action":"call","call":{"method":"GET","path":"@evil.example/"}}',
    '{"action":"call","call":{"method":"GET","path":"/ HTTP/1.1"}}',
    '{"action":"call","call":{"method":"GET","path":"/","token":"a\\r\\nb: c"}}',
    '{"action":"call","call":{"method":"GET","path":"/","token":7}}',
    '{"action":"call","call":{"method":"POST","path":"/","body":{}}}',
    '{"action":"call","call":{"method":"GET","path":"/","body":"{}"}}',
    '{"action":"call","call":{"method":"HEAD","path":"/","body":"{}"}}',
    '{"action":"call","call":{"method":"POST","path":"/","body":"{}","contentType":"a\\r\\nb: c"}}',
    '{"action":"call","call":"GET /"}',
    '{"action":"call"}',
  ])('is not read: %s', (text) => {
    expect(parseAction(text)).toBeUndefined();
  });
});
