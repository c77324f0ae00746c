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
      if (granted) budget.fruitless(address);
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
  for (const seconds of [10, 10, 40, 160, 640, 2_560, 3_600, 3_600]) {
    pass(seconds * SECOND - 1);
    // An address stays on record by asking, so that its hour does not run out in the meantime.
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

test('delays an address without a record by nobody else', () => {
  const { askInVain, take } = setUp();
  for (let times = 0; times < 100; times += 1) askInVain('attacker');
  expect(take('honest')).toBe(true);
});

test('forgets an address an hour after its last question', () => {
  const { askInVain, pass } = setUp();
  askInVain('a');
  pass(10 * SECOND);
  askInVain('a'); // the pause is 10 s now, and 40 s after the next
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

test('starts over with short pauses when a question was answered', () => {
  const { askInVain, take, fruitful, pass } = setUp();
  askInVain('a');
  for (const seconds of [10, 10, 40, 160]) {
    pass(seconds * SECOND);
    askInVain('a');
  }
  expect(take('b')).toBe(true);
  fruitful();
  expect(askInVain('a')).toBe(true);
  pass(10 * SECOND);
  expect(askInVain('a')).toBe(true);
});

test('grants a crowd of new addresses 32 questions at once and one a minute after that', () => {
  const { askInVain, pass } = setUp();
  const crowd = (count: number, name: string) =>
    Array.from({ length: count }, (_, index) => askInVain(`${name}-${index}`)).filter(Boolean).length;
  expect(crowd(100, 'first')).toBe(32);
  pass(9_999);
  expect(crowd(10, 'second')).toBe(0);
  pass(1);
  expect(crowd(10, 'third')).toBe(1); // the shared pause is over
  pass(50 * SECOND);
  expect(crowd(10, 'fourth')).toBe(1); // a minute has passed; finding nothing renewed the pause
  pass(59 * SECOND);
  expect(crowd(10, 'fifth')).toBe(1); // the pause only
  pass(24 * HOUR);
  expect(crowd(100, 'sixth')).toBe(32);
});

test('remembers 256 addresses, the youngest', () => {
  const { askInVain, fruitless, take, pass } = setUp();
  for (let index = 0; index < 257; index += 1) fruitless(`address-${index}`);
  expect(take('address-0')).toBe(true); // forgotten
  expect(askInVain('address-1')).toBe(false); // remembered, and the youngest by now
  fruitless('another');
  expect(take('address-2')).toBe(true); // forgotten instead
  expect(take('address-1')).toBe(false);
  pass(10 * SECOND);
  expect(take('address-256')).toBe(true);
  expect(take('address-1')).toBe(false);
});
