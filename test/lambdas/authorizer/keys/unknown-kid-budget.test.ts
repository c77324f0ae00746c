import { unknownKidBudget } from '../../../../lambdas/authorizer/keys/unknown-kid-budget';

const SECOND = 1_000;
const HOUR = 3_600_000;

function setUp() {
  let now = 500_000;
  const budget = unknownKidBudget(() => now);
  return {
    ...budget,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    /** Requests a refetch, which finds nothing when it is granted. */
    askInVain: (address: string): boolean => {
      const granted = budget.take(address);
      if (granted) budget.recordFruitless(address);
      return granted;
    },
  };
}

test('grants a network its first refetch', () => {
  expect(setUp().take('a')).toBe(true);
});

test('grants a network on record a repeat after ten seconds, then one an hour', () => {
  const { askInVain, pass } = setUp();
  expect(askInVain('a')).toBe(true);
  for (const seconds of [10, 3_600, 3_600]) {
    // A network stays on record by asking, so that its hour does not end in the meantime.
    pass((seconds * SECOND) / 2);
    expect(askInVain('a')).toBe(false);
    pass((seconds * SECOND) / 2 - 1);
    expect(askInVain('a')).toBe(false);
    pass(1);
    expect(askInVain('a')).toBe(true);
  }
});

test('makes all networks on record share the repeats', () => {
  const { askInVain, pass } = setUp();
  askInVain('a');
  askInVain('b');
  pass(10 * SECOND);
  expect(askInVain('a')).toBe(true);
  expect(askInVain('b')).toBe(false);
});

test('delays no network without a record because of others', () => {
  const { askInVain, take } = setUp();
  for (let times = 0; times < 100; times += 1) askInVain('attacker');
  expect(take('honest')).toBe(true);
});

test('forgets a network an hour after its last request', () => {
  const { askInVain, pass } = setUp();
  askInVain('a');
  pass(10 * SECOND);
  expect(askInVain('a')).toBe(true);
  pass(HOUR - 1);
  expect(askInVain('a')).toBe(false);
  pass(HOUR);
  expect(askInVain('a')).toBe(true);
  pass(10 * SECOND);
  expect(askInVain('a')).toBe(true); // not before an hour has passed, were it still on record
});

test('renews the record of a network with each request, granted or not', () => {
  const { askInVain, take, pass } = setUp();
  askInVain('a');
  pass(HOUR - 1);
  expect(take('a')).toBe(true); // the repeat
  pass(HOUR - 2);
  expect(take('a')).toBe(false);
  pass(1);
  expect(take('a')).toBe(false); // two hours after its first request
  pass(1);
  expect(take('a')).toBe(true); // the next repeat
  expect(take('a')).toBe(false);
});

test('grants a newcomer its refetch however many networks are on record', () => {
  const { askInVain } = setUp();
  for (let index = 0; index < 29; index += 1) expect(askInVain(`address-${index}`)).toBe(true);
  expect(askInVain('newcomer')).toBe(true);
});

test('grants new networks 30 refetches at once and one every 55 seconds after that', () => {
  const { askInVain, take, pass } = setUp();
  askInVain('first');
  pass(10 * SECOND);
  expect(askInVain('first')).toBe(true); // no repeat for an hour from here on
  const granted = (count: number, name: string) =>
    Array.from({ length: count }, (_, index) => take(`${name}-${index}`)).filter(Boolean).length;
  expect(granted(100, 'second')).toBe(29);
  pass(45 * SECOND - 1);
  expect(granted(10, 'third')).toBe(0);
  pass(1);
  expect(granted(10, 'fourth')).toBe(1);
  pass(110 * SECOND);
  expect(granted(10, 'fifth')).toBe(2);
  pass(24 * HOUR);
  expect(granted(100, 'sixth')).toBe(31); // with the repeat
});

test('lets new networks beyond those share the repeat', () => {
  const { recordFruitless, take, pass } = setUp();
  for (let index = 0; index < 30; index += 1) expect(take(`address-${index}`)).toBe(true);
  recordFruitless('a');
  pass(10 * SECOND - 1);
  expect(take('late')).toBe(false);
  pass(1);
  expect(take('late')).toBe(true);
  expect(take('a')).toBe(false);
});

test('remembers 256 networks, the youngest', () => {
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
