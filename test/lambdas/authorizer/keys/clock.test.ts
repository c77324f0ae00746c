import { guardedClock } from '../../../../lambdas/authorizer/keys/clock';

/** A guarded clock over two clocks that are moved by hand. */
function clocks() {
  let monotonic = 5_000;
  let wall = 1_700_000_000_000;
  const clock = guardedClock(
    () => monotonic,
    () => wall,
  );
  return {
    clock,
    pass: (ms: number) => {
      monotonic += ms;
      wall += ms;
    },
    /** The monotonic clock stands still in a frozen container. */
    freeze: (ms: number) => {
      wall += ms;
    },
    setWall: (ms: number) => {
      wall += ms;
    },
  };
}

test('starts at zero and passes with the monotonic clock', () => {
  const { clock, pass } = clocks();
  expect(clock()).toBe(0);
  pass(250);
  expect(clock()).toBe(250);
  pass(10_000);
  expect(clock()).toBe(10_250);
});

test('counts a freeze that the monotonic clock slept through', () => {
  const { clock, pass, freeze } = clocks();
  pass(100);
  freeze(3_600_000);
  expect(clock()).toBe(3_600_100);
});

test('counts many short freezes, each of them too short to be told from drift', () => {
  const { clock, pass, freeze } = clocks();
  for (let calls = 0; calls < 1_000; calls += 1) {
    pass(2);
    freeze(900);
    clock();
  }
  expect(clock()).toBeGreaterThan(900_000);
  expect(clock()).toBeLessThanOrEqual(902_000);
});

test('takes up to a second of difference for drift', () => {
  const { clock, freeze } = clocks();
  freeze(1_000);
  expect(clock()).toBe(0);
  freeze(1);
  expect(clock()).toBe(1_001);
  freeze(1_000);
  expect(clock()).toBe(1_001);
});

test('does not go back when the wall clock is set back, and goes on', () => {
  const { clock, pass, setWall, freeze } = clocks();
  pass(60_000);
  expect(clock()).toBe(60_000);
  setWall(-600_000);
  expect(clock()).toBe(60_000);
  pass(1_000);
  expect(clock()).toBe(61_000);
  freeze(5_000);
  expect(clock()).toBe(66_000);
});

test('jumps by an hour at most with a wall clock that is set forward, once', () => {
  const { clock, pass, setWall } = clocks();
  setWall(86_400_000);
  expect(clock()).toBe(3_600_000);
  pass(5);
  expect(clock()).toBe(3_600_005);
});

test('runs on the clocks of the process', async () => {
  const clock = guardedClock();
  const start = clock();
  await new Promise((resolve) => setTimeout(resolve, 30));
  const elapsed = clock() - start;
  expect(elapsed).toBeGreaterThan(20);
  expect(elapsed).toBeLessThan(5_000);
  const anHourLater = Date.now() + 3_600_000;
  jest.spyOn(Date, 'now').mockReturnValue(anHourLater);
  expect(clock() - start).toBeGreaterThan(3_590_000);
  jest.restoreAllMocks();
});
