/** The doctor is given whatever a person pastes and whatever a server answers: it never fails on that. */
import fc from 'fast-check';
import { examineToken } from '../../../cli/doctor/doctor';
import { explainLog } from '../../../cli/doctor/log-line';
import { readPastedToken } from '../../../cli/doctor/pasted-token';
import { discoveryCheck } from '../../../cli/doctor/provider';
import { publishedKeyChecks } from '../../../cli/doctor/published-keys';
import { render } from '../../../cli/doctor/render';
import { report, type Section } from '../../../cli/doctor/report';
import { parseConfig } from '../../../lambdas/authorizer/config';
import { guardedClock } from '../../../lambdas/authorizer/keys/clock';
import { type KeySet, parseKeySet } from '../../../lambdas/authorizer/keys/key-set';
import { createKeyStore } from '../../../lambdas/authorizer/keys/store';
import { createVerify } from '../../../lambdas/authorizer/token/signature';
import { jwks, signingKey } from '../../../samples/keys';
import { AUDIENCE, DOMAIN, encodePart, goodClaims, signToken } from '../../../samples/tokens';
import { painter } from '../../../terminal/terminal';
import { sampleRoutes } from '../../support/sample-routes';

/** Inputs of a kind; PROPERTY_RUNS sets another number (`npm run test:properties`). */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 100);

const key = signingKey('key-1');
const config = parseConfig({ AUTHACTION_DOMAIN: DOMAIN, AUTHACTION_AUDIENCE: AUDIENCE });
const keySet = parseKeySet(jwks(key)) as KeySet;
const show = (sections: readonly Section[]): string => render(report(sections), painter(false), 80);
const NAMES = [
  'alg',
  'kid',
  'typ',
  'enc',
  'iss',
  'aud',
  'exp',
  'sub',
  'scope',
  'cnf',
  'kty',
  'n',
  'e',
  'key_ops',
  '__proto__',
];

/** JSON with the members that are looked at, of any type. */
const json = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), fc.jsonValue({ maxDepth: 3 })),
);
/** Deeper than the stack of a function that visits each level. */
const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

async function examined(pasted: string, published: readonly unknown[] = jwks(key).keys): Promise<string> {
  const keyStore = createKeyStore({
    fetchKeySet: async () => keySet,
    clock: guardedClock(),
    random: Math.random,
    hardAgeMs: 3_600_000,
    observe: () => {},
  });
  const nowSeconds = () => Date.now() / 1000;
  const parts = { config, keyStore, verify: createVerify(config), nowSeconds, published };
  return show((await examineToken(pasted, sampleRoutes, parts)).sections);
}

const keyChecks = (published: readonly unknown[]): string =>
  show([
    { title: 'Keys', checks: publishedKeyChecks(config, { checks: [], answeredAtSeconds: 0, keySet, published }) },
  ]);

describe('any input', () => {
  test('is a token that the doctor can examine: any bytes', async () => {
    // The unit 'binary' of fast-check builds a table of all code points, which takes most of a second.
    const codePoint = fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point));
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array).toString('latin1'));
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, fc.string(), fc.string({ unit: codePoint })), async (text) => {
        expect(await examined(text)).toContain('Token');
      }),
      { numRuns: RUNS },
    );
  });

  test('is a token that the doctor can examine: any JSON as header and claims', async () => {
    await fc.assert(
      fc.asyncProperty(json, json, fc.boolean(), async (header, claims, isSigned) => {
        const token = isSigned
          ? signToken(key, { ...goodClaims(), ...(claims as object) }, { ...(header as object), alg: 'RS256' })
          : `${encodePart(JSON.stringify(header))}.${encodePart(JSON.stringify(claims))}.c2ln`;
        expect(await examined(token)).toContain('Token');
      }),
      { numRuns: RUNS },
    );
  });

  test('is a key set that the doctor can describe', () => {
    fc.assert(
      fc.property(fc.array(json), (keys) => void keyChecks(keys)),
      { numRuns: RUNS },
    );
    fc.assert(
      fc.property(
        fc.array(json),
        (keys) => void keyChecks(keys.map((member) => ({ ...key.jwk, ...(member as object) }))),
      ),
      { numRuns: RUNS },
    );
  });

  test('is a discovery document that the doctor can read', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          json.map((value) => JSON.stringify(value)),
        ),
        (body) => {
          show([{ title: 'D', checks: [discoveryCheck(config, { status: 200, headers: {}, body })] }]);
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('is a log line that the doctor can explain, or not', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          json.map((value) => JSON.stringify(value)),
        ),
        (text) => void show(explainLog(text).sections),
      ),
      { numRuns: RUNS },
    );
  });

  test('is something from which the token can be taken in linear time', () => {
    const units = [
      '"',
      ' ',
      '\n',
      'a.',
      'Bearer ',
      'authorization: ',
      '{',
      '\\n',
      '=',
      '\\',
      '""',
      'ey',
      'a\0',
      'a,b\n',
    ];
    for (const unit of units) {
      readPastedToken(unit.repeat(200_000));
      readPastedToken(`Authorization: Bearer a${unit.repeat(200_000)}!`);
      explainLog(unit.repeat(200_000));
    }
  });
});

describe('a value nested 60,000 arrays deep', () => {
  const nested = deep(60_000);

  test('as a kid in the key set is not a string', () => {
    expect(keyChecks([{ ...key.jwk, kid: nested }])).toContain('kid is not a string');
  });

  test('as a kid in the key set does not stop the examination of a token', async () => {
    const kids = [{ ...key.jwk, kid: nested }, { kid: nested }];
    expect(await examined(signToken(signingKey('key-2'), goodClaims()), kids)).toContain('an array');
  });

  test('as an issuer in the discovery document is shown as an array', () => {
    const body = `{"issuer":${'['.repeat(60_000)}${']'.repeat(60_000)}}`;
    expect(discoveryCheck(config, { status: 200, headers: {}, body }).detail).toContain('calls itself an array');
  });

  test('in header or claims of a token is refused like any other', async () => {
    const part = (name: string) => encodePart(`{"${name}":${'['.repeat(60_000)}${']'.repeat(60_000)}}`);
    expect(await examined(`${part('alg')}.${part('iss')}.c2ln`)).toContain('refused');
    expect(await examined(signToken(key, `{"iss":${'['.repeat(60_000)}${']'.repeat(60_000)}}`))).toContain('refused');
  });

  test('in a log line is no line of ours', () => {
    expect(
      explainLog(JSON.stringify({ message: '' }).replace('""', '['.repeat(60_000) + ']'.repeat(60_000))),
    ).toMatchObject({ ok: false });
  });
});
