import fc from 'fast-check';
import { parseConfig } from '../../../lambdas/authorizer/config';
import { decide } from '../../../lambdas/authorizer/decide';
import { createKeyStore } from '../../../lambdas/authorizer/keys/store';
import { createVerify } from '../../../lambdas/authorizer/token/signature';
import { jwks, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, encodePart, goodClaims, ISSUER, nowSeconds, signToken } from '../../../samples/tokens';
import { codePoint } from '../../support/code-point';

/** Number of samples; PROPERTY_RUNS sets another for all (`npm run test:properties`). */
const samples = (few: number): number => Number(process.env.PROPERTY_RUNS ?? few);

const key = signingKey('key-1');
const config = parseConfig({
  AUTHACTION_DOMAIN: DOMAIN,
  AUTHACTION_AUDIENCE: AUDIENCE,
  AUTHACTION_JWKS: JSON.stringify(jwks(key)),
});
const keyStore = createKeyStore({
  fetchKeySet: () => Promise.reject(new Error('No fetch is needed here')),
  clock: () => 0,
  random: () => 0,
  hardAgeMs: 1,
  seed: config.seed,
  observe: () => {},
});
const verify = createVerify(config);

/** The outcome, or `keys_unavailable` for a kid that no provider can be asked about. */
async function outcome(authorization: string): Promise<string> {
  const request = { headers: { Authorization: authorization }, sourceIp: '192.0.2.1', route: undefined };
  const decision = await decide({ config, keyStore, verify, nowSeconds: () => Date.now() / 1000 }, request);
  return decision.outcome === 'fail' ? decision.reason : decision.outcome;
}
const expectNotAllowed = async (authorization: string) =>
  expect(['refuse', 'keys_unavailable']).toContain(await outcome(authorization));

const good = signToken(key);
const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.');
const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
const position = fc.nat(good.length - 1);
const character = fc.oneof(fc.constantFrom(...printable), codePoint);

test('the token that these properties change is good', async () => {
  expect(await outcome(`Bearer ${good}`)).toBe('allow');
});

describe('refuses a good token after', () => {
  test('any change of one character', async () => {
    await fc.assert(
      fc.asyncProperty(position, character, async (at, replacement) => {
        fc.pre(good.charAt(at) !== replacement);
        await expectNotAllowed(`Bearer ${good.slice(0, at)}${replacement}${good.slice(at + 1)}`);
      }),
      { numRuns: samples(200) },
    );
  });

  test('any insertion', async () => {
    await fc.assert(
      fc.asyncProperty(position, fc.string({ minLength: 1, maxLength: 5 }), async (at, inserted) => {
        // Spaces in front belong to the scheme: `Bearer` 1*SP.
        fc.pre(at > 0 || inserted.trimStart() !== '');
        await expectNotAllowed(`Bearer ${good.slice(0, at)}${inserted}${good.slice(at)}`);
      }),
      { numRuns: samples(100) },
    );
  });

  test('any deletion', async () => {
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 1, max: 300 }), async (at, count) => {
        await expectNotAllowed(`Bearer ${good.slice(0, at)}${good.slice(at + count)}`);
      }),
      { numRuns: samples(100) },
    );
  });

  test('any change of case', async () => {
    await fc.assert(
      fc.asyncProperty(position, async (at) => {
        const old = good.charAt(at);
        const changed = old === old.toLowerCase() ? old.toUpperCase() : old.toLowerCase();
        fc.pre(changed !== old);
        await expectNotAllowed(`Bearer ${good.slice(0, at)}${changed}${good.slice(at + 1)}`);
      }),
      { numRuns: samples(100) },
    );
  });

  test('any swap of its parts', async () => {
    const part = fc.constantFrom(goodHeader, goodPayload, goodSignature, '', encodePart({}));
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        fc.pre(parts.join('.') !== good);
        await expectNotAllowed(`Bearer ${parts.join('.')}`);
      }),
      { numRuns: samples(100) },
    );
  });
});

describe('re-encoding a token', () => {
  /** Other strings that lenient decoders read as the same bytes. */
  const spellings: ((part: string) => string)[] = [
    (part) => `${part}=`,
    (part) => `${part}==`,
    (part) => `=${part}`,
    (part) => part.replaceAll('-', '+').replaceAll('_', '/'),
    (part) => `${part}\n`,
    (part) => `${part.slice(0, 10)} ${part.slice(10)}`,
    (part) => `${part.slice(0, 10)}%${part.slice(10)}`,
    (part) => Buffer.from(part, 'base64url').toString('base64'),
    (part) => Buffer.from(part, 'base64url').toString('hex'),
    (part) => part.replaceAll('_', '%5F'),
    (part) => `${part}A`,
    (part) => `${part}AA`,
    (part) => `${part.slice(0, -1)}${nextCharacter(part.slice(-1))}`,
  ];

  test('in another spelling of the same bytes makes it malformed or badly signed', async () => {
    const subject = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom('~', '\u00FF', '?', '>', 'a') });
    await fc.assert(
      fc.asyncProperty(subject, fc.nat(2), fc.constantFrom(...spellings), async (sub, index, spell) => {
        const parts = signToken(key, goodClaims({ sub })).split('.');
        const old = parts[index] ?? '';
        const changed = spell(old);
        fc.pre(changed !== old);
        parts[index] = changed;
        await expectNotAllowed(`Bearer ${parts.join('.')}`);
      }),
      { numRuns: samples(100) },
    );
  });

  test('changes no accepted token: it has exactly one serialization', async () => {
    const claims = fc.record({ sub: fc.string({ minLength: 1 }), x: fc.jsonValue(), jti: fc.string() });
    await fc.assert(
      fc.asyncProperty(claims, async (overrides) => {
        const token = signToken(key, goodClaims(overrides));
        if ((await outcome(`Bearer ${token}`)) !== 'allow') return;
        const again = token.split('.').map((part) => Buffer.from(part, 'base64url').toString('base64url'));
        expect(again.join('.')).toBe(token);
      }),
      { numRuns: samples(100) },
    );
  });
});

describe('well-signed tokens from a grammar of mutations', () => {
  const text = fc.string({ maxLength: 20 });
  const oddity = fc.oneof(
    fc.constantFrom(null, true, false, 0, 1, -1, '', [], {}, [null], '\0', 'null', 1e308),
    text,
    fc.double({ noNaN: true }),
    fc.array(text, { maxLength: 3 }),
    fc.jsonValue({ maxDepth: 2 }),
  );

  const isAudience = (aud: unknown): boolean =>
    aud === AUDIENCE || (Array.isArray(aud) && aud.every((item) => typeof item === 'string') && aud.includes(AUDIENCE));
  const isDate = (value: unknown): value is number =>
    typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= 253402300799;
  const isSubject = (sub: unknown): boolean =>
    typeof sub === 'string' && sub.trim() !== '' && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(sub) && sub.isWellFormed();

  /** What each claim may be, defined independently of the source. */
  const isGoodClaim: Record<string, (value: unknown) => boolean> = {
    iss: (iss) => iss === ISSUER || iss === `${ISSUER}/`,
    aud: isAudience,
    exp: (exp) => isDate(exp) && exp > Date.now() / 1000,
    nbf: (nbf) => nbf === undefined || (isDate(nbf) && nbf <= Date.now() / 1000 + 30),
    iat: (iat) => iat === undefined || isDate(iat),
    sub: isSubject,
  };

  test('are allowed with a mutated claim exactly when the claim is valid by its definition', async () => {
    const near = fc.constantFrom<unknown>(
      ISSUER,
      `${ISSUER}/`,
      `${ISSUER}//`,
      AUDIENCE,
      [AUDIENCE],
      [AUDIENCE, 'x'],
      [AUDIENCE, 1],
      nowSeconds() + 3600,
      nowSeconds() + 10,
      nowSeconds() - 10,
      String(nowSeconds() + 3600),
      undefined,
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(isGoodClaim)), fc.oneof(oddity, near), async (name, value) => {
        // As JSON hands it on: no -0, no undefined.
        const [written] = JSON.parse(JSON.stringify([value === undefined ? { absent: true } : value])) as unknown[];
        const read = value === undefined ? undefined : written;
        const token = signToken(key, goodClaims({ [name]: value }));
        expect(await outcome(`Bearer ${token}`)).toBe(isGoodClaim[name]?.(read) ? 'allow' : 'refuse');
      }),
      { numRuns: samples(300) },
    );
  });

  test('are refused with any header that is not valid', async () => {
    const isGoodHeader: Record<string, (value: unknown) => boolean> = {
      alg: (alg) => alg === 'RS256',
      kid: (kid) => kid === 'key-1',
      typ: (typ) => typ === undefined || (typeof typ === 'string' && /^(jwt|(application\/)?at\+jwt)$/i.test(typ)),
      crit: (crit) => crit === undefined,
      b64: (b64) => b64 === undefined,
    };
    const near = fc.constantFrom<unknown>('RS256', 'rs256', 'none', 'HS256', 'key-1', 'KEY-1', 'JWT', 'at+jwt', [
      'b64',
    ]);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(isGoodHeader)), fc.oneof(oddity, near), async (name, value) => {
        const authorization = `Bearer ${signToken(key, goodClaims(), { [name]: value })}`;
        if (isGoodHeader[name]?.(value)) expect(await outcome(authorization)).toBe('allow');
        else await expectNotAllowed(authorization);
      }),
      { numRuns: samples(200) },
    );
  });

  test('get the same decision whatever other members they carry', async () => {
    const names = fc.string({ minLength: 1 }).filter((name) => !['scope', 'jti'].includes(name) && !isGoodClaim[name]);
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, fc.jsonValue(), { maxKeys: 4 }), async (others) => {
        const token = signToken(key, { ...others, ...goodClaims() });
        fc.pre(token.length <= 8_192);
        expect(await outcome(`Bearer ${token}`)).toBe('allow');
        expect(await outcome(`Bearer ${signToken(key, { ...others, ...goodClaims({ exp: 1 }) })}`)).toBe('refuse');
      }),
      { numRuns: samples(100) },
    );
  });
});

test('no string makes decide() throw or allow', async () => {
  const anything = fc.oneof(
    fc.string({ unit: codePoint, maxLength: 300 }),
    fc.string({ unit: fc.constantFrom('.', '=', 'A', '-', '_', ' ', 'e'), maxLength: 300 }),
    fc
      .tuple(fc.jsonValue(), fc.jsonValue(), fc.string())
      .map((parts) => parts.map((part) => encodePart(part)).join('.')),
  );
  await fc.assert(
    fc.asyncProperty(anything, async (value) => {
      expect(await outcome(`Bearer ${value}`)).toBe('refuse');
      expect(await outcome(value)).toBe('refuse');
    }),
    { numRuns: samples(200) },
  );
});

function nextCharacter(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet.charAt((alphabet.indexOf(character) + 1) % alphabet.length);
}
