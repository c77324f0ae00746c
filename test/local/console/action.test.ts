import { parseAction } from '../../../local/console/action';

describe('an action', () => {
  test.each([
    { action: 'token', kind: 'forged' },
    { action: 'call', method: 'GET', path: '/items/1?x=%20' },
    { action: 'call', method: 'DELETE', path: '/', token: 'a.b.c' },
    { action: 'rotate-key' },
    { action: 'stop-issuer' },
    { action: 'start-issuer' },
    { action: 'clear-cache' },
    { action: 'restart-lambdas' },
  ])('is read: %j', (action) => {
    expect(parseAction(JSON.stringify(action))).toEqual(action);
  });

  test.each([
    '',
    'null',
    '[]',
    '{"action":"stop"}',
    '{"action":"token","kind":"__proto__"}',
    '{"action":"call","method":"get","path":"/"}',
    '{"action":"call","method":"TRACE","path":"/"}',
    '{"action":"call","method":"GET","path":"//evil.example/"}',
    '{"action":"call","method":"GET","path":"@evil.example/"}',
    '{"action":"call","method":"GET","path":"/ HTTP/1.1"}',
    '{"action":"call","method":"GET","path":"/","token":"a\\r\\nb: c"}',
    '{"action":"call","method":"GET","path":"/","token":7}',
  ])('is not read: %s', (text) => {
    expect(parseAction(text)).toBeUndefined();
  });
});
