import { parseAuthorizerSettings } from '../../infra/authorizer-settings';
import { ProblemsError } from '../../infra/problems';
import { parseConfig } from '../../lambdas/authorizer/config';

const good = { AUTHACTION_DOMAIN: 'tenant.example.com', AUTHACTION_AUDIENCE: 'https://api.example.com' };

function errorOf(env: Record<string, string | undefined>): ProblemsError {
  try {
    parseAuthorizerSettings({ ...good, ...env });
  } catch (error) {
    if (error instanceof ProblemsError) return error;
    throw error;
  }
  throw new Error('There is no problem with these settings');
}

test('parses good settings as the authorizer does', () => {
  expect(parseAuthorizerSettings(good)).toEqual(parseConfig(good));
});

const notAKeySet = 'is not a JWK set: paste the whole answer of /.well-known/jwks.json, or leave it empty';
const noUsableKey = 'has no usable key: RS256 needs an RSA key of 2048 bits with a kid';

test.each([
  ['AUTHACTION_DOMAIN', undefined, "is missing: it is your tenant's domain, for example tenant.example.com"],
  [
    'AUTHACTION_DOMAIN',
    'a/b',
    "is not a domain name: it is your tenant's domain, for example tenant.example.com, without a path",
  ],
  ['AUTHACTION_DOMAIN', ' HTTP://a', 'must not start with http: tokens are only trusted over https'],
  ['AUTHACTION_AUDIENCE', undefined, 'is missing: it is the identifier of your API at AuthAction'],
  ['AUTHACTION_AUDIENCE', ' ,', 'is missing: it is the identifier of your API at AuthAction'],
  ['AUTHACTION_AUDIENCE', 'a b', 'contains a space: separate several audiences with commas'],
  ['AUTHACTION_JWKS', '{', notAKeySet],
  ['AUTHACTION_JWKS', '[]', notAKeySet],
  ['AUTHACTION_JWKS', '{"keys":{}}', notAKeySet],
  ['AUTHACTION_JWKS', '{"keys":[]}', noUsableKey],
  ['AUTHACTION_JWKS', '{"keys":[{"kty":"EC"}]}', noUsableKey],
  ['AUTHACTION_TOKEN_TYPE', 'none', 'is neither "any" nor "at+jwt"'],
  ['AUTHACTION_CONTEXT_CLAIMS', ',', 'names no claim: list claims, or leave it empty for none'],
  ['AUTHACTION_ALLOWED_CLIENTS', ',', 'names no client: list clients, or leave it empty for all'],
  ['AUTHACTION_KEYS_MAX_AGE_SECONDS', '299', 'is not a whole number from 300 to 604800'],
  ['AUTHACTION_KEYS_TIMEOUT_SECONDS', '11', 'is not a whole number from 1 to 10'],
  ['AUTHACTION_REVOKED', 'alice', expect.stringMatching(/^has a malformed entry: write sub:, client:, kid: or jti: /)],
  ['AUTHACTION_ALLOW_LOG_RATE', '2', 'is not a number from 0 to 1, such as 0.05'],
])('%s, given as %j: says what is wrong and what to do', (setting, value, text) => {
  expect(errorOf({ [setting]: value }).problems).toEqual([{ setting, text }]);
});

test('lists every problem at once, and quotes no value', () => {
  const secret = 'secret value';
  const { message } = errorOf({ AUTHACTION_DOMAIN: secret, AUTHACTION_AUDIENCE: secret, AUTHACTION_JWKS: secret });
  expect(message).toMatch(
    /^The settings cannot be used.*:\n {2}- AUTHACTION_DOMAIN .*\n {2}- AUTHACTION_AUDIENCE .*\n {2}- AUTHACTION_JWKS /,
  );
  expect(message).not.toContain('secret');
});
