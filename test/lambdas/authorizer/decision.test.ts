import {
  type Decision,
  decisionLine,
  outcomes,
  pass,
  readDecisionLine,
  reasons,
  refuse,
} from '../../../lambdas/authorizer/decision';

const principal = { sub: 'client-1', scopes: ['read:a'], expiresAtSeconds: 4102444800, clientId: 'client-1' };

const decisions: readonly Decision[] = [
  { outcome: 'allow', principal, kid: 'key-1' },
  ...reasons.refuse.map((reason): Decision => ({ outcome: 'refuse', reason })),
  ...reasons.refuse.map((reason): Decision => ({ outcome: 'refuse', reason, kid: 'key-1' })),
  ...reasons.forbid.map((reason): Decision => ({ outcome: 'forbid', reason, principal, kid: 'key-1' })),
  ...reasons.fail.map((reason): Decision => ({ outcome: 'fail', reason })),
];

describe('decisionLine()', () => {
  test.each<[string, Decision, object]>([
    ['allow', { outcome: 'allow', principal, kid: 'key-1' }, { decision: 'allow', kid: 'key-1' }],
    ['refuse', { outcome: 'refuse', reason: 'missing_token' }, { decision: 'refuse', reason: 'missing_token' }],
    [
      'refuse with a kid',
      { outcome: 'refuse', reason: 'expired', kid: 'key-1' },
      { decision: 'refuse', reason: 'expired', kid: 'key-1' },
    ],
    [
      'forbid',
      { outcome: 'forbid', reason: 'insufficient_scope', principal, kid: 'key-1' },
      { decision: 'forbid', reason: 'insufficient_scope', kid: 'key-1' },
    ],
    ['fail', { outcome: 'fail', reason: 'keys_unavailable' }, { decision: 'fail', reason: 'keys_unavailable' }],
    [
      'fail with an error',
      { outcome: 'fail', reason: 'internal_error', error: 'x' },
      { decision: 'fail', reason: 'internal_error', error: 'string', at: '' },
    ],
  ])('writes the outcome %s without claims', (_title, decision, line) => {
    expect(decisionLine(decision, {})).toEqual(line);
  });

  test('writes the request ids', () => {
    const ids = { requestId: 'a-1', extendedRequestId: 'extended=' };
    const line = decisionLine({ outcome: 'refuse', reason: 'expired', kid: 'key-1' }, ids);
    expect(line).toStrictEqual({ decision: 'refuse', reason: 'expired', kid: 'key-1', ...ids });
  });

  describe('writes kid, requestId and extendedRequestId', () => {
    const written = (value: unknown) => {
      const ids = { requestId: value, extendedRequestId: value };
      const { kid, requestId, extendedRequestId } = decisionLine(
        { outcome: 'refuse', reason: 'unknown_key', kid: value as string },
        ids,
      );
      expect([requestId, extendedRequestId]).toEqual([kid, kid]);
      return kid;
    };

    test.each(['a', '!', '~', '!"#[]\\~', 'k'.repeat(64)])(
      'unchanged when they are up to 64 visible ASCII: %s',
      (id) => {
        expect(written(id)).toBe(id);
      },
    );

    test.each(['', ' ', 'a b', 'a\n', '\nb', 'a\nb', '\t', 'a\0', '\u007F', '\u00E9', '\u2028', 'k'.repeat(65)])(
      'as (unprintable) when they are %j',
      (id) => {
        expect(written(id)).toBe('(unprintable)');
      },
    );

    test.each([undefined, null, 7, true, ['a'], { id: 'a' }])('not at all when they are %j', (id) => {
      expect(written(id)).toBeUndefined();
    });
  });

  describe('describes an unexpected error', () => {
    const SECRET = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2VjcmV0';
    const described = (error: unknown) => {
      const line = decisionLine({ outcome: 'fail', reason: 'internal_error', error }, {});
      expect(JSON.stringify(line)).not.toContain(SECRET);
      return { error: line.error, at: line.at };
    };

    test('by its name and its five innermost frames on one line, without its message', () => {
      const error = new TypeError('irrelevant');
      error.stack = [
        `TypeError: cannot read ${SECRET}`,
        `and look at ${SECRET}`,
        'at the start of a line',
        '    at one (file:///a.js:1:1)',
        '\tat  two\t (file:///b.js:2:2)  ',
        ...['three', 'four', 'five', 'six'].map((name) => `    at ${name} (file:///c.js:3:3)`),
      ].join('\n');
      expect(described(error)).toEqual({
        error: 'TypeError',
        at:
          'at one (file:///a.js:1:1) at two (file:///b.js:2:2) at three (file:///c.js:3:3) ' +
          'at four (file:///c.js:3:3) at five (file:///c.js:3:3)',
      });
    });

    test('by the frames of a real stack', () => {
      expect(described(new Error(SECRET)).at).toMatch(/^at .*decision\.test/);
    });

    test('by its name alone without a stack', () => {
      const error = new RangeError(SECRET);
      delete error.stack;
      expect(described(error)).toEqual({ error: 'RangeError', at: '' });
    });

    test.each([
      [SECRET, 'string'],
      [undefined, 'undefined'],
      [null, 'object'],
      [{ message: SECRET, stack: `    at ${SECRET}` }, 'object'],
    ])('by its type when it is not an Error: %#', (error, type) => {
      expect(described(error)).toEqual({ error: type, at: '' });
    });
  });
});

describe('readDecisionLine()', () => {
  test.each(decisions.map((decision) => [JSON.stringify(decisionLine(decision, {})), decision] as const))(
    'reads back %s',
    (text, decision) => {
      expect(readDecisionLine(JSON.parse(text))).toEqual(decisionLine(decision, {}));
    },
  );

  test.each([undefined, null, 7, 'allow', [], {}, { decision: 'ALLOW' }, { decision: 7 }, { event: 'keys_fetched' }])(
    'returns undefined for %j',
    (line) => {
      expect(readDecisionLine(line)).toBeUndefined();
    },
  );

  test('leaves out a reason it does not know, a kid that is not a string, and foreign members', () => {
    const line = { decision: 'refuse', reason: 'because', kid: 7, sub: 'client-1' };
    expect(readDecisionLine(line)).toStrictEqual({ decision: 'refuse' });
    expect(readDecisionLine({ decision: 'allow', reason: 'toString' })).toStrictEqual({ decision: 'allow' });
  });
});

test('every reason has one name and one outcome', () => {
  const all = Object.values(reasons).flat();
  expect(new Set(all).size).toBe(all.length);
  expect(Object.keys(reasons)).toEqual(outcomes.filter((outcome) => outcome !== 'allow'));
});

test('pass() and refuse() make the two results of a check', () => {
  expect(pass(7)).toEqual({ ok: true, value: 7 });
  expect(refuse('expired')).toEqual({ ok: false, reason: 'expired' });
});
