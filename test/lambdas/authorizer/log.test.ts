import { lambdaLog } from '../../../lambdas/authorizer/log';

const line = { decision: 'refuse', reason: 'expired', kid: undefined, note: 'a\n"b"\u2028', milliseconds: 7 };

afterEach(() => jest.restoreAllMocks());

describe.each(['info', 'warn', 'error'] as const)('at level %s', (level) => {
  test('writes one JSON object a line, which no value can break out of', () => {
    const written = jest.spyOn(console, level).mockImplementation();
    lambdaLog(undefined)(level, line);
    expect(written).toHaveBeenCalledTimes(1);
    const [text, ...more] = written.mock.calls[0] ?? [];
    expect(more).toEqual([]);
    expect(text).not.toContain('\n');
    expect(JSON.parse(text)).toEqual({ decision: 'refuse', reason: 'expired', note: 'a\n"b"\u2028', milliseconds: 7 });
  });

  test("hands the object on where Lambda's own format is JSON, so that it stays queryable", () => {
    const written = jest.spyOn(console, level).mockImplementation();
    lambdaLog('JSON')(level, line);
    expect(written.mock.calls).toEqual([[line]]);
  });
});

test('writes text for any other format', () => {
  const written = jest.spyOn(console, 'info').mockImplementation();
  lambdaLog('Text')('info', { decision: 'allow' });
  expect(written.mock.calls).toEqual([['{"decision":"allow"}']]);
});
