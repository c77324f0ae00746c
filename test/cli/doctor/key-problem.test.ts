import { describeKeyProblem } from '../../../cli/doctor/key-problem';
import { judgeKey } from '../../../lambdas/authorizer/keys/key-set';
import { signingKey } from '../../../samples/keys';

const { jwk } = signingKey('key-1');

test.each<[string, unknown]>([
  ['is not a JSON object', null],
  ['kty is not RSA', { ...jwk, kty: 'EC' }],
  ['use is not sig', { ...jwk, use: 'enc' }],
  ['key_ops does not contain verify', { ...jwk, key_ops: ['sign'] }],
  ['alg is not RS256', { ...jwk, alg: 'RS512' }],
  ['kid is not a non-empty string', { ...jwk, kid: '' }],
  ['it contains the private key', { ...jwk, d: 'AQAB' }],
  ['n and e are not an RSA key', { ...jwk, n: undefined }],
  ['n does not have 2048 to 8192 bits', { ...jwk, n: 'A'.repeat(2_000) }],
  ['n does not have 2048 to 8192 bits, but 1024', { ...jwk, n: Buffer.alloc(128, 0xff).toString('base64url') }],
  ['e is not 65537 to 2^32', { ...jwk, e: 'Aw' }],
])('says of an unusable key: %s', (text, candidate) => {
  const verdict = judgeKey(candidate);
  expect(verdict.usable ? 'usable' : describeKeyProblem(verdict)).toBe(text);
});
