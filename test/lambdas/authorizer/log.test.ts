import { formatWithOptions } from 'node:util';
import { consoleLog } from '../../../lambdas/authorizer/log';

const line = { decision: 'refuse', reason: 'expired', kid: undefined, note: 'a\n"b"\u2028', milliseconds: 7 };
const written = { decision: 'refuse', reason: 'expired', note: 'a\n"b"\u2028', milliseconds: 7 };

afterEach(() => jest.restoreAllMocks());

describe.each(['info', 'warn', 'error'] as const)('at level %s', (level) => {
  function logged(): unknown[] {
    const spy = jest.spyOn(console, level).mockImplementation();
    consoleLog(level, line);
    expect(spy).toHaveBeenCalledTimes(1);
    return spy.mock.calls[0] ?? [];
  }

  test("logs one object, whose fields Lambda's JSON log format keeps", () => {
    const values = logged();
    expect(values).toHaveLength(1);
    expect(JSON.parse(JSON.stringify({ message: values[0] }))).toEqual({ message: written });
  });

  test.each([true, false])(
    'prints one line of JSON as text, which no value can break out of (colors: %s)',
    (colors) => {
      const text = formatWithOptions({ colors }, ...logged());
      expect(text).not.toContain('\n');
      expect(JSON.parse(text)).toEqual(written);
    },
  );
});
