import type { Route } from '../shared/route-table';
import type { Config } from './config';
import { parseKeySet } from './keys/key-set';
import { createKeyStore } from './keys/store';
import { restApiAuthorizer } from './rest-api';
import { createVerify } from './token/signature';

/** A tenant that does not exist. Its key was made once, signed one token that never expires, and was thrown away. */
const RULES = { issuers: ['w', 'w'], audiences: ['w'] } as const;
const PUBLIC_KEY = {
  kty: 'RSA',
  kid: 'w',
  e: 'AQAB',
  n: 'rfJl4C9ZWFIRi3RdrHpKxhVKL9FdY0-gazgGqqfLZlwT4W1zwZtnRVxXT75eem8G0DSQYV-2sGh2Vt29UGqHLhPaXDmALC5IfhBCJQZWxxpH8LLQnG0nLCeYaCHcdFXI6KOGipa2p1oUswwdPvI_OAHIzV-knFFSCJoxASyKu8CLQd_C6c2_9fooR1TG84glKipEzu0o0a7xI6u7gjtGWIoj-VUqXVwH2A34UAQcTMRRpdhyIiCNE-v1BqjRetdT3MUmnlbUpHxE17sQ1U1Ia1WHZdYezRk6aT2BjIFqy_q5I-CR0BCkbFP2w80LFLeeqHvvme6shN6KcROZc8pvHQ',
};
const TOKEN =
  'eyJhbGciOiJSUzI1NiIsImtpZCI6IncifQ.eyJpc3MiOiJ3IiwiYXVkIjoidyIsInN1YiI6InciLCJleHAiOjI1MzQwMjMwMDc5OX0.dhOY31KgSH16nfyN7eBieCTpAZK_V3JnPGV2rXskZ-8nkgxChZogvt1k5em2gfT6aLZ7GK5gh5QwxovmEAWXWiOikLw4tlNSaByGVgxkDDFmlo3zUQuREmTC1KmknC9OEBgSaZRo0rzDI47xq6UWD75fgfHTCCHVSGnBtcnUPUGZ8dAUr4_eQrJygtsVYiEgwn2TAT2xzOzBscOUI9KgZg6jbjuVcp2umwXLXH7KYwzzDmTjbShEbIfqqS4hoUPC86NeMzNFBt8Z08PUkd7VaCoUdo8Kj2cvOwvhh651oR7w1e5EnZ-KzGdto8enXXcVhj78eDt2pHvrElf253Ihzw';

const EVENT = {
  methodArn: 'arn:aws:execute-api:w:000000000000:w/w/',
  headers: { Authorization: `Bearer ${TOKEN}` },
};

/**
 * Runs the whole decision once on a token of its own, so that the first call meets code that has run and a cryptography
 * library that is loaded. It has its own rules, keys and authorizer: nothing of it is ever valid anywhere else.
 *
 * @returns whether the token was accepted, as it must be. Never rejects: a container must not fail to start because of it.
 */
export async function warmUp(config: Config, routes: readonly Route[]): Promise<boolean> {
  const authorize = restApiAuthorizer({
    config: { ...config, ...RULES, tokenTypes: 'any', allowedClients: undefined },
    keyStore: createKeyStore({
      // Stryker disable next-line ArrowFunction: the keys are there, so none are fetched.
      fetchKeySet: () => Promise.reject(),
      clock: () => 0,
      // Stryker disable next-line ArrowFunction: only a fetch draws a number.
      random: () => 0,
      hardAgeMs: 0,
      seed: parseKeySet({ keys: [PUBLIC_KEY] }),
      observe: () => {},
    }),
    verify: createVerify(RULES),
    nowSeconds: () => Date.now() / 1000,
    routes,
    log: () => {},
    // Stryker disable next-line ArrowFunction: what it decides is logged nowhere.
    random: () => 0,
  });
  return authorize(EVENT).then(
    () => true,
    () => false,
  );
}
