import type { Route } from '../routes';
import type { Config } from './config';
import { parseKeySet } from './keys/key-set';
import { createKeyStore } from './keys/store';
import { createAuthorizer } from './rest-api';
import { createVerify } from './token/signature';

/** A tenant that does not exist. Its key was made once, signed one token that never runs out, and was thrown away. */
const RULES = { issuers: ['https://warm-up.invalid', 'https://warm-up.invalid/'], audiences: ['warm-up'] } as const;
const PUBLIC_KEY = {
  kty: 'RSA',
  kid: 'warm-up',
  e: 'AQAB',
  n: 'zVgUJv1-7L8g-GncMOtnJl8KpZqoD9v_IMfws2wi4SMRBY_EIG79vZ6stX4sFKf_SKnGIjsRif0i0DTGKYuEhUtoUPLt-Rx-Pvb2eFgEhjgy92HbLuSYdpzI88miDiFaF_T7vSxvTA7oBgRlAyc-sJ9LfR8bpaWG55U00y3Uv4zgVPz5wDspdb-jPgd7sSToJbcuF61gFYtMtX-PtioE6cZn4DDTR6dWDRGDecBOYR-0yJpkwr1Vg047JtIDaSvELrwu39dZeAp75LAiWx_n1H7uOHbpT0BNRS2d2wSUQnYXjcEd3bLFuwUCcOJG1ODXoZjR7UZ32LI9LUcwL1_vYQ',
};
const TOKEN =
  'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6Indhcm0tdXAifQ.eyJpc3MiOiJodHRwczovL3dhcm0tdXAuaW52YWxpZCIsImF1ZCI6Indhcm0tdXAiLCJzdWIiOiJ3YXJtLXVwIiwiZXhwIjoyNTM0MDIzMDA3OTl9.m-rSCLDjKxOBv1xbzm7AOXcj4yVtnzaBtI2YqBnAsCU-NLLI4cvizMzvWV99lJF0Bzfw8c02WMYbXhX29NKu0ECE0PPVtwKmK9GVcGJUn0ZtlTeByBNHknvKnoSsmsdnmq5AVECoQPZvO9tMreoRYSWizfRA9CHuOqYIaFAE__b2XW6LHFg0aZYZ9GXBEJbKa_NjCohDEipyfUOT8w6uG8BbtNieFekSt3jyy0pYtWxTYlc8Yv92xfRUoweToaSfWjU09V7e_gPEGQODtZti64Mp_kG49qk4lxkrIVtmrdTYiM7cXeo4I5si0zDfUFspppSorfRQdm-6Hvz3ZTJbuA';

const EVENT = {
  methodArn: 'arn:aws:execute-api:us-east-1:000000000000:warmup/warmup/GET/',
  headers: { Authorization: `Bearer ${TOKEN}` },
  multiValueHeaders: { Authorization: [`Bearer ${TOKEN}`] },
};

/**
 * Runs the whole decision once on a token of its own, so that the first call meets code that has run and a cryptography
 * library that is loaded. It has its own rules, keys and authorizer: nothing of it is ever valid anywhere else.
 *
 * @returns whether the token was accepted, as it must be. Never rejects: a container must not fail to start because of it.
 */
export async function warmUp(config: Config, routes: readonly Route[]): Promise<boolean> {
  const authorize = createAuthorizer({
    config: { ...config, ...RULES, tokenTypes: 'any', allowedClients: undefined },
    keyStore: createKeyStore({
      fetchKeySet: () => Promise.reject(new Error('The warm-up has its keys')),
      clock: () => 0,
      random: () => 0,
      hardAgeMs: 0,
      seed: parseKeySet({ keys: [PUBLIC_KEY] }),
      observe: () => {},
    }),
    verify: createVerify(RULES),
    wallClock: () => Date.now() / 1000,
    routes,
    log: () => {},
    random: () => 0,
  });
  return authorize(EVENT).then(
    () => true,
    () => false,
  );
}
