import { certificateCheck } from '../../../cli/doctor/network';
import { clockCheck, discoveryCheck } from '../../../cli/doctor/provider';
import { parseConfig } from '../../../lambdas/authorizer/config';

const config = parseConfig({ AUTHACTION_DOMAIN: 'tenant.example.test', AUTHACTION_AUDIENCE: 'api' });
const document = (body: unknown, status = 200) => ({ status, headers: {}, body: JSON.stringify(body) });

describe('the discovery document', () => {
  test.each(['https://tenant.example.test', 'https://tenant.example.test/'])(
    'passes with our issuer spelt %s',
    (issuer) => {
      expect(discoveryCheck(config, document({ issuer })).status).toBe('pass');
    },
  );

  test.each([{ issuer: 'https://TENANT.example.test' }, { issuer: 7 }, {}, [], null])('fails with %j', (body) => {
    expect(discoveryCheck(config, document(body))).toMatchObject({
      status: 'fail',
      advice: expect.stringContaining('AUTHACTION_DOMAIN'),
    });
  });

  test('is not needed', () => {
    expect(discoveryCheck(config, document('', 404)).status).toBe('skip');
    expect(discoveryCheck(config, { status: 200, headers: {}, body: '<!doctype html>' }).status).toBe('skip');
  });

  test('should name the keys that the authorizer takes', () => {
    const body = { issuer: 'https://tenant.example.test', jwks_uri: 'https://tenant.example.test/keys' };
    expect(discoveryCheck(config, document(body)).status).toBe('warn');
  });
});

describe('the certificate', () => {
  const now = Date.parse('2026-11-24T12:00:00Z') / 1000;
  const certificate = (valid_to: string) => ({
    valid_to,
    issuer: { O: 'Authority', CN: 'ca', C: '', ST: '', L: '', OU: '' },
  });

  test.each([
    ['Nov 24 12:00:00 2027 GMT', false, 'pass', 'TLSv1.3, certificate from "Authority", valid for 365 days'],
    ['Dec  1 12:00:00 2026 GMT', false, 'warn', 'TLSv1.3, certificate from "Authority", valid for 7 days'],
    ['Dec  1 12:00:00 2026 GMT', true, 'pass', 'TLSv1.3, certificate from "Authority", valid for 7 days'],
  ])('that lasts until %s (on this machine: %s): %s', (validTo, isLocal, status, detail) => {
    expect(certificateCheck(certificate(validTo), 'TLSv1.3', now, isLocal)).toMatchObject({ status, detail });
  });
});

describe('the clock', () => {
  const now = Date.parse('2026-11-24T12:00:00Z') / 1000;
  const date = (secondsAhead: number) => new Date((now + secondsAhead) * 1000).toUTCString();

  test.each([
    [0, 'pass', 'agrees with the server'],
    [4, 'pass', 'agrees with the server'],
    [20, 'warn', 'this clock is 20 seconds behind the server'],
    [-20, 'warn', 'this clock is 20 seconds ahead of the server'],
    [31, 'fail', 'this clock is 31 seconds behind the server'],
    [-7200, 'fail', 'this clock is 2 hours ahead of the server'],
  ])('compared with a server %s s ahead: %s', (ahead, status, detail) => {
    expect(clockCheck(date(ahead), now)).toMatchObject({ status, detail });
  });

  test('is not compared when the server tells no time', () => {
    expect(clockCheck(undefined, now).status).toBe('skip');
    expect(clockCheck('soon', now).status).toBe('skip');
  });
});
