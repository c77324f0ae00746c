import type { KeyVerdict } from '../../lambdas/authorizer/keys/key-set';

type UnusableKey = Extract<KeyVerdict, { usable: false }>;

/** Why the authorizer does not use a key: continues a sentence that begins with the key. */
export const describeKeyProblem = ({ problem, bits }: UnusableKey): string =>
  bits === undefined ? texts[problem] : `${texts[problem]}, but ${bits}`;

const texts: Readonly<Record<UnusableKey['problem'], string>> = {
  jwk: 'is not a JSON object',
  kty: 'kty is not RSA',
  use: 'use is not sig',
  key_ops: 'key_ops does not contain verify',
  alg: 'alg is not RS256',
  kid: 'kid is not a non-empty string',
  d: 'it contains the private key',
  rsa: 'n and e are not an RSA key',
  bits: 'n does not have 2048 to 8192 bits',
  e: 'e is not 65537 to 2^32',
};
