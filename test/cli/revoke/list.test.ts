import fc from 'fast-check';
import { addEntry, entriesOf, type Revocation, removeEntry, requireRoom } from '../../../cli/revoke/list';
import { MAX_ENVIRONMENT_BYTES } from '../../../infra/lambda-quotas';
import { isRevoked, parseRevoked, revokedKinds } from '../../../lambdas/authorizer/token/revoked';

const time = '2026-11-25T12:00:00Z';

test('adds an entry, with or without a time', () => {
  expect(addEntry('', { kind: 'sub', value: 'alice' })).toBe('sub:alice');
  expect(addEntry('sub:alice', { kind: 'client', value: 'app', before: time })).toBe(`sub:alice,client:app<${time}`);
});

test('replaces the entry for the same value, unless that refuses more', () => {
  const later = '2026-11-26T12:00:00Z';
  expect(addEntry(`sub:a<${time},kid:k`, { kind: 'sub', value: 'a', before: later })).toBe(`kid:k,sub:a<${later}`);
  expect(addEntry('sub:a,kid:k', { kind: 'sub', value: 'a', before: later })).toBe('kid:k,sub:a');
  expect(addEntry(`sub:a<${later}`, { kind: 'sub', value: 'a', before: time })).toBe(`sub:a<${later}`);
});

test('removes the entry for a value, whatever its time and encoding', () => {
  expect(removeEntry(`sub:a%7Cb<${time},kid:k`, { kind: 'sub', value: 'a|b' })).toBe('kid:k');
  expect(() => removeEntry('kid:k', { kind: 'sub', value: 'k' })).toThrow('sub:k is not in the list.');
});

test('refuses a malformed time, and a list that is malformed already', () => {
  expect(() => addEntry('', { kind: 'sub', value: 'a', before: 'yesterday' })).toThrow('a time is written as');
  expect(() => addEntry('alice', { kind: 'sub', value: 'a' })).toThrow('has a malformed entry');
});

const revocation: fc.Arbitrary<Revocation> = fc.record({
  kind: fc.constantFrom(...revokedKinds),
  value: fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', ',', '<', '%', ' ', ':', '|', 'é') }),
});

test('the authorizer refuses exactly what was added and not undone', () => {
  const tokenOf = ({ kind, value }: Revocation) => ({
    ...{ sub: '', client: undefined, kid: '', jti: undefined, iat: 0 },
    [kind]: value,
  });
  fc.assert(
    fc.property(fc.array(revocation, { maxLength: 8 }), revocation, (added, other) => {
      const list = added.reduce(addEntry, '');
      const parsed = parseRevoked(list) ?? new Map();
      for (const each of added) expect(isRevoked(parsed, tokenOf(each))).toBe(true);
      const isAdded = added.some(({ kind, value }) => kind === other.kind && value === other.value);
      expect(isRevoked(parsed, tokenOf(other))).toBe(isAdded);
      expect(entriesOf(list)).toHaveLength(new Set(added.map(({ kind, value }) => `${kind}:${value}`)).size);
      const rest = added.reduce((text, each) => (parseRevoked(text)?.size ? withoutEntry(text, each) : text), list);
      expect(rest).toBe('');
    }),
  );
});

/** {@link removeEntry} for what may have been removed already. */
function withoutEntry(list: string, each: Revocation): string {
  try {
    return removeEntry(list, each);
  } catch {
    return list;
  }
}

describe('room', () => {
  const settings = {
    AUTHACTION_DOMAIN: 'tenant.eu.authaction.com',
    AUTHACTION_AUDIENCE: 'https://api.example.com',
    AUTHACTION_KEYS_MAX_AGE_SECONDS: '21600',
  };
  const listOf = (count: number) =>
    Array.from({ length: count }, (_, index) => `client:${String(index).padStart(36, '0')}<2026-11-25T12:00:00Z`).join(
      ',',
    );

  test('there is for 40 entries with a time, of ids as long as a UUID', () => {
    expect(() => requireRoom({ ...settings, AUTHACTION_REVOKED: listOf(40) })).not.toThrow();
  });

  test('says how much is missing beyond what Lambda allows', () => {
    const variables = { ...settings, AUTHACTION_REVOKED: listOf(80) };
    expect(Buffer.byteLength(JSON.stringify(variables))).toBeGreaterThan(MAX_ENVIRONMENT_BYTES);
    expect(() => requireRoom(variables)).toThrow(
      /^A list of 80 entries does not fit: .* \d{4} bytes, and Lambda allows 4096\./,
    );
  });
});
