import { refusal } from '../../../local/console/guard';

const options = { port: 3002, secret: 'the-secret' };
const get = { host: 'localhost:3002' };
const post = {
  host: 'localhost:3002',
  origin: 'http://localhost:3002',
  'content-type': 'application/json',
  'x-console-secret': 'the-secret',
};

describe('the guard of the console', () => {
  test.each([
    ['a page that is opened', 'GET', get],
    ['the address of loopback', 'GET', { host: '127.0.0.1:3002' }],
    ['its own stream', 'GET', { ...get, 'sec-fetch-site': 'same-origin' }],
    ['an address that was typed', 'GET', { ...get, 'sec-fetch-site': 'none' }],
    ['its own action', 'POST', post],
  ])('lets through %s', (_what, method, headers) => {
    expect(refusal(method, headers, options)).toBeUndefined();
  });

  test.each([
    ['no host', 'GET', {}, 'host'],
    ['a name that was rebound to loopback', 'GET', { host: 'evil.example:3002' }, 'host'],
    ['a name that only starts like ours', 'GET', { host: 'localhost:3002.evil.example' }, 'host'],
    ['another port', 'GET', { host: 'localhost:80' }, 'host'],
    ['a rebound name with everything else right', 'POST', { ...post, host: 'evil.example:3002' }, 'host'],
    ['a read from another origin', 'GET', { ...get, origin: 'https://evil.example' }, 'origin'],
    ['a read across sites', 'GET', { ...get, 'sec-fetch-site': 'cross-site' }, 'origin'],
    ['a read from another port of this host', 'GET', { ...get, 'sec-fetch-site': 'same-site' }, 'origin'],
    ['an action of another origin', 'POST', { ...post, origin: 'http://localhost:3000' }, 'origin'],
    ['an action of an opaque origin', 'POST', { ...post, origin: 'null' }, 'origin'],
    ['an action without an origin', 'POST', { ...post, origin: undefined }, 'origin'],
    ['a form', 'POST', { ...post, 'content-type': 'application/x-www-form-urlencoded' }, 'type'],
    ['plain text', 'POST', { ...post, 'content-type': 'text/plain' }, 'type'],
    ['no secret', 'POST', { ...post, 'x-console-secret': undefined }, 'secret'],
    ['another secret', 'POST', { ...post, 'x-console-secret': 'the-sEcret' }, 'secret'],
    ['a longer secret', 'POST', { ...post, 'x-console-secret': 'the-secret-' }, 'secret'],
    ['a secret of wide characters', 'POST', { ...post, 'x-console-secret': 'the-secreé' }, 'secret'],
    ['another method', 'PUT', post, 'method'],
    ['a preflight', 'OPTIONS', get, 'method'],
  ])('refuses %s', (_what, method, headers, reason) => {
    expect(refusal(method, headers, options)).toBe(reason);
  });
});
