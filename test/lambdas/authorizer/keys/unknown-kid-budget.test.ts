import { unknownKidBudget } from '../../../../lambdas/authorizer/keys/unknown-kid-budget';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function setUp() {
  let now = 500_000;
  const budget = unknownKidBudget(() => now);
  return {
    ...budget,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    /** Asks, and finds nothing when the question is granted. */
    askInVain: (address: string): boolean => {
      const granted = budget.take(address);
      if (granted) budget.recordFruitless(address);
      return granted;
    },
  };
}

test('grants an address its first question', () => {
  expect(setUp().take('a')).toBe(true);
});

test('lets an address that asked in vain wait for ten seconds, then ever longer, up to an hour', () => {
  const { askInVain, pass } = setUp();
  expect(askInVain('a')).toBe(true);
  for (const seconds of [10, 10, 60, 360, 2_160, 3_600, 3_600]) {
    pass(seconds * SECOND - 1);
    // An address stays on record by asking, so that its hour does not end in the meantime.
    expect(askInVain('a')).toBe(false);
    pass(1);
    expect(askInVain('a')).toBe(true);
  }
});

test('makes all addresses on record share one pause', () => {
  const { askInVain, pass } = setUp();
  askInVain('a');
  askInVain('b');
  pass(10 * SECOND);
  expect(askInVain('a')).toBe(true);
  expect(askInVain('b')).toBe(false);
});

test('delays no address without a record because of others', () => {
  const { askInVain, take } = setUp();
  for (let times = 0; times < 100; times += 1) askInVain('attacker');
  expect(take('honest')).toBe(true);
});

test('forgets an address an hour after its last question', () => {
  const { askInVain, pass } = setUp();
  askInVain('a');
  pass(10 * SECOND);
  askInVain('a'); // the pause is 10 s now, and 60 s after the next
  pass(HOUR - 1);
  expect(askInVain('a')).toBe(true);
  expect(askInVain('a')).toBe(false);
  pass(HOUR);
  expect(askInVain('a')).toBe(true);
});

test('renews the record of an address with each question, granted or not', () => {
  const { askInVain, take, pass } = setUp();
  askInVain('a');
  askInVain('b');
  pass(HOUR - 1);
  take('a'); // shared pause spent
  expect(take('a')).toBe(false);
  pass(HOUR - 1);
  // Still on record, so its question is a repeat: the pause it shares is the one it has to wait for.
  expect(take('a')).toBe(true);
  expect(take('b')).toBe(true);
  expect(take('a')).toBe(false);
});

test('starts over with short pauses when no address is on record any more', () => {
  const { askInVain, pass } = setUp();
  askInVain('a');
  for (const seconds of [10, 10, 60]) {
    pass(seconds * SECOND);
    expect(askInVain('a')).toBe(true);
  }
  pass(10 * SECOND);
  expect(askInVain('a')).toBe(false); // the pause has grown to 360 s
  pass(HOUR);
  expect(askInVain('a')).toBe(true); // a newcomer again
  for (const seconds of [10, 10, 60]) {
    pass(seconds * SECOND);
    expect(askInVain('a')).toBe(true);
  }
});

test('grants a newcomer its refetch however many networks are on record', () => {
  const { askInVain } = setUp();
  for (let index = 0; index < 31; index += 1) expect(askInVain(`address-${index}`)).toBe(true);
  expect(askInVain('newcomer')).toBe(true);
});

test('grants new addresses 32 questions at once and one a minute after that', () => {
  const { askInVain, take, pass } = setUp();
  askInVain('first'); // from here on, ten seconds pass before anybody gets past the 32
  const granted = (count: number, name: string) =>
    Array.from({ length: count }, (_, index) => take(`${name}-${index}`)).filter(Boolean).length;
  expect(granted(100, 'second')).toBe(31);
  pass(9_999);
  expect(granted(10, 'third')).toBe(0);
  pass(1);
  expect(granted(10, 'fourth')).toBe(1); // the shared pause is over, the next one takes 10 s
  expect(granted(10, 'fifth')).toBe(0);
  pass(10 * SECOND);
  expect(granted(10, 'sixth')).toBe(1); // the next one takes 60 s
  pass(39 * SECOND);
  expect(granted(10, 'seventh')).toBe(0);
  pass(SECOND);
  expect(granted(10, 'eighth')).toBe(1); // a minute has passed
  pass(20 * SECOND);
  expect(granted(10, 'eighth')).toBe(1); // the shared pause is over
  pass(24 * HOUR);
  expect(granted(100, 'ninth')).toBe(33);
});

test('remembers 256 addresses, the youngest', () => {
  const { askInVain, recordFruitless, take, pass } = setUp();
  for (let index = 0; index < 257; index += 1) recordFruitless(`address-${index}`);
  pass(5 * SECOND);
  expect(take('address-0')).toBe(true); // forgotten
  expect(askInVain('address-1')).toBe(false); // remembered, and the youngest by now
  recordFruitless('another');
  pass(5 * SECOND);
  expect(take('address-2')).toBe(true); // forgotten instead
  expect(take('address-1')).toBe(false);
  pass(10 * SECOND);
  expect(take('address-256')).toBe(true);
  expect(take('address-1')).toBe(false);
});

test.each([
  ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2'],
  ['2001:db8::1', '2001:db8:0:0:a:b:c:d'],
  ['::1', '0:0:0:0:0:0:0:2'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.9'],
  ['2001:db8:0:1::', '2001:db8:0:1:2:3:4:5'],
])('takes %s and %s for one caller: they share the first 64 bits', (one, other) => {
  const { askInVain } = setUp();
  expect(askInVain(one)).toBe(true);
  expect(askInVain(other)).toBe(false);
});

test.each([
  ['2001:db8:0:1::1', '2001:db8:0:2::1'],
  ['2001:db81:1:1::1', '2001:db8:11:1::1'],
  ['2001:db8::1', '2001:db8:1::1'],
  ['192.0.2.1', '192.0.2.2'],
  ['192.0.2.1', ''],
])('takes %s and %j for two callers', (one, other) => {
  const { askInVain } = setUp();
  expect(askInVain(one)).toBe(true);
  expect(askInVain(other)).toBe(true);
});
