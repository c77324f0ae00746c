import { type ClaimKind, type ClaimKinds, claimReader } from '../../../lambdas/shared/claim-kinds';
import { encodeClaims } from '../../../lambdas/shared/context-claims';

/** What a handler gets of one claim `a`: its value, `absent`, or `refused`. */
function read(kind: ClaimKind, value: unknown): unknown {
  const { values: claims, wrong } = claimReader({ a: kind })(encodeClaims({ a: value }, new Set(['a'])));
  if (wrong.length > 0) return 'refused';
  return 'a' in claims ? claims.a : 'absent';
}

const values = ['x', 'true', 7, true, ['x'], []] as const;

test.each<[ClaimKind, readonly unknown[]]>([
  ['string', ['x', 'true']],
  ['number', [7]],
  ['boolean', [true]],
  ['string[]', [['x'], []]],
])('a claim of kind %s takes those values and refuses all others, with ? as well', (kind, right) => {
  for (const value of values) {
    const expected = right.includes(value) || right.some((one) => JSON.stringify(one) === JSON.stringify(value));
    expect({ value, read: read(kind, value) }).toEqual({ value, read: expected ? value : 'refused' });
    expect(read(`${kind}?` as ClaimKind, value)).toEqual(expected ? value : 'refused');
  }
});

test.each<ClaimKind>(['string', 'number', 'boolean', 'string[]'])(
  'a claim of kind %s may be absent only with ?',
  (kind) => {
    expect(read(kind, undefined)).toBe('refused');
    expect(read(`${kind}?` as ClaimKind, undefined)).toBe('absent');
  },
);

test('refuses a list with anything but strings, which the authorizer does not write', () => {
  const encoded = Buffer.from('{"a":["x",7]}').toString('base64');
  expect(claimReader({ a: 'string[]' })(encoded).wrong).toEqual(['a']);
});

test('reads the declared claims only', () => {
  const encoded = encodeClaims({ a: 'x', b: 'y' }, new Set(['a', 'b']));
  expect(claimReader({ b: 'string' })(encoded)).toEqual({ values: { b: 'y' }, wrong: [] });
  expect(claimReader({})(encoded)).toEqual({ values: {}, wrong: [] });
});

test('takes nothing inherited for a claim', () => {
  const kinds: ClaimKinds = Object.fromEntries([['toString', 'string?']]);
  expect(claimReader(kinds)(undefined)).toEqual({ values: {}, wrong: [] });
});

test.each(['strings', 'String', '', '?', 'string??', 'toString', 'object', undefined, null, 7, ['string']])(
  'refuses to prepare for the kind %j, which does not exist',
  (kind) => {
    expect(() => claimReader({ org_id: kind as ClaimKind })).toThrow(
      `Claim "org_id": "${kind}" is none of string, number, boolean, string[], nor one of them with ? at its end.`,
    );
  },
);
