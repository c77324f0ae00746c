import { advice } from '../../../cli/doctor/advice';
import { explainLog } from '../../../cli/doctor/log-line';
import { render } from '../../../cli/doctor/render';
import { decisionLine, reasons } from '../../../lambdas/authorizer/decision';
import { painter } from '../../../terminal/terminal';
import { runTool } from '../../support/run-tool';

const line = decisionLine(
  { outcome: 'refuse', reason: 'expired', kid: 'key-1' },
  { requestId: 'a-1', extendedRequestId: 'YAbcDEFGiJA1Eg=' },
);
const json = JSON.stringify(line);
const lambda = { timestamp: '2026-11-25T12:00:00Z', level: 'INFO', requestId: 'b-2', message: line };
const explain = (text: string): string => render(explainLog(text), painter(false));

describe('a log line', () => {
  test.each([
    ['as the authorizer writes it', json],
    ["in Lambda's JSON log format", JSON.stringify(lambda)],
    ['as a message that is a string', JSON.stringify({ ...lambda, message: json })],
    [
      'in an event of CloudWatch',
      JSON.stringify({ timestamp: 1, message: `${JSON.stringify(lambda)}\n`, eventId: '3' }),
    ],
    ['in the answer of the AWS CLI', JSON.stringify({ events: [{ message: JSON.stringify(lambda) }] }, null, 2)],
    [
      'in the result of a query',
      JSON.stringify([
        { '@timestamp': 't', 'message.decision': 'refuse', 'message.reason': 'expired', 'message.kid': 'key-1' },
      ]),
    ],
    ['in the @message of a query', JSON.stringify({ '@message': JSON.stringify(lambda) })],
    ['behind a timestamp and a level', `2026-11-25T12:00:00.000Z\tb-2\tINFO\t${json}`],
    ['over several lines', `START\n${JSON.stringify(line, null, 2)}\nEND`],
    [
      'in the result of a query, as the AWS CLI prints it',
      JSON.stringify({
        results: [
          [
            { field: 'message.decision', value: 'refuse' },
            { field: 'message.reason', value: 'expired' },
            { field: 'message.kid', value: 'key-1' },
          ],
        ],
      }),
    ],
    [
      'in the result of a query, as CSV',
      '@timestamp,message.decision,message.reason,message.kid\n2026-11-25 12:00:00.000,refuse,expired,key-1\n',
    ],
    [
      'in the result of a query, as a table of Markdown',
      '| message.decision | message.reason | message.kid |\n| --- | --- | --- |\n| refuse | expired | key-1 |',
    ],
    ['in the result of a query, as the console copies it', '#\tdecision\treason\tkid\n1\trefuse\texpired\tkey-1'],
    ['in the @message of CSV', `@timestamp,@message\n1,"${JSON.stringify(lambda).replaceAll('"', '""')}"`],
    ['as a part of a string', JSON.stringify(JSON.stringify(lambda)).slice(1, -1)],
    ['as a string in a string', JSON.stringify(JSON.stringify(json))],
    ['in colors', json.replaceAll(':', '\u001B[1;39m:\u001B[0m')],
    ['as a terminal shows an object', "{ decision: 'refuse', reason: 'expired', kid: 'key-1' }"],
    ['as a table of results', 'decision  refuse\nreason  expired\nkid  key-1'],
    ['behind a byte order mark', `\uFEFF${json}`],
  ])('%s is explained in the words for a token', (_title, text) => {
    const shown = explain(text);
    expect(shown).toContain('✗ refused');
    expect(shown).toContain(
      `callers get 401, the log says expired. ${advice.expired.meaning} The token names the key "key-1".`,
    );
    expect(shown).toContain(`→ ${advice.expired.todo}`);
  });

  test.each(Object.entries(reasons).flatMap(([outcome, names]) => names.map((reason) => [reason, outcome])))(
    'with the reason %s has its words',
    (reason, decision) => {
      const shown = explain(JSON.stringify({ decision, reason }));
      const { meaning, todo } = advice[reason as keyof typeof advice];
      expect(shown).toContain(meaning);
      expect(shown).toContain(todo);
    },
  );

  test('of an allowed call is no problem', () => {
    expect(explainLog('{"decision":"allow","kid":"key-1"}')).toMatchObject({ ok: true });
  });

  test('of another version has a reason that is not known', () => {
    expect(explain('{"decision":"refuse","reason":"new_reason"}')).toContain('does not know the reason');
  });

  test.each([
    [
      '{"event":"keys_fetch_failed","failure":"timeout","milliseconds":3001}',
      'failed after 3001 ms: no complete answer in time',
    ],
    [
      '{"event":"keys_fetch_failed","failure":"status","status":503,"milliseconds":9}',
      'not 200 (redirects are not followed), 503',
    ],
    ['{"event":"keys_fetched","keys":2,"milliseconds":30}', 'keys were fetched: 2 in 30 ms'],
    ['{"event":"keys_fetched","keys":2,"leftOut":1,"milliseconds":30}', '1 left out'],
    ['{"event":"warm_up_failed"}', 'decided wrongly on its own test token'],
    [
      '{"decision":"fail","reason":"unsupported_event","received":"HTTP API, payload 2.0"}',
      'Received: "HTTP API, payload 2.0"',
    ],
    [
      '{"decision":"fail","reason":"internal_error","error":"TypeError","at":"at f (index.js:1:1)"}',
      'Error: "TypeError", at "at f (index.js:1:1)"',
    ],
  ])('%s', (text, sentence) => {
    expect(explain(text)).toContain(sentence);
  });

  test('is explained once, however often it was pasted', () => {
    expect(explainLog(`${json}\n${json}`).sections[0]?.checks.filter(({ name }) => name === 'refused')).toHaveLength(1);
  });
});

describe('the id of a request', () => {
  const query = 'filter message.extendedRequestId = "YAbcDEFGiJA1Eg=" | fields @timestamp, message.decision';

  test.each([
    ['alone', 'YAbcDEFGiJA1Eg='],
    ['in quotes', '"YAbcDEFGiJA1Eg="'],
    ['as a header', 'x-amz-apigw-id: YAbcDEFGiJA1Eg='],
    [
      'among the headers of a response',
      'HTTP/2 401\nx-amzn-requestid: 11111111-2222-3333-4444-555555555555\nx-amz-apigw-id: YAbcDEFGiJA1Eg=\n',
    ],
    ['in an event of API Gateway', JSON.stringify({ requestContext: { extendedRequestId: 'YAbcDEFGiJA1Eg=' } })],
  ])('%s leads to the query that finds its line', (_title, text) => {
    expect(explain(text)).toContain(query);
  });

  test.each([
    ['alone, in UTF-16', Buffer.from('\uFEFFYAbcDEFGiJA1Eg=\r\n', 'utf16le').toString('utf8')],
    ['in an execution log', '(11111111-2222-3333-4444-555555555555) Extended Request Id: YAbcDEFGiJA1Eg='],
  ])('%s leads to the query, too', (_title, text) => {
    expect(explain(text)).toContain(query);
  });

  test.each([
    '(11111111-2222-3333-4444-555555555555) Unauthorized request',
    '192.0.2.1 - - [25/Nov/2026:12:00:00 +0000] "GET /x HTTP/1.1" 401 26 11111111-2222-3333-4444-555555555555',
  ])('that is a UUID is found in %s', (text) => {
    expect(explain(text)).toContain('filter message.requestId = "11111111-2222-3333-4444-555555555555"');
  });

  test('is not that of a trace', () => {
    expect(explain('Root=1-67891233-abcdef012345678912345678')).toContain('nor the id of a request');
  });

  test('that is a UUID is searched as that of the API and that of Lambda', () => {
    const uuid = '11111111-2222-3333-4444-555555555555';
    expect(explain(uuid)).toContain(`filter message.requestId = "${uuid}" or requestId = "${uuid}" |`);
  });

  test('is never shown with anything else that was pasted', () => {
    const event = {
      headers: { Authorization: 'Bearer secret-token' },
      requestContext: { extendedRequestId: 'YAbcDEFGiJA1Eg=' },
    };
    expect(explain(JSON.stringify(event))).not.toContain('secret-token');
  });
});

describe('a line that Lambda writes itself', () => {
  const id = '8f5b1b2c-0000-4000-8000-000000000000';
  const query = `filter requestId = "${id}" | fields @timestamp, message.decision`;
  const thrown = (errorType: string, errorMessage: string) =>
    JSON.stringify({ level: 'ERROR', message: { errorType, errorMessage, stackTrace: [] }, requestId: id });

  test.each([
    [
      'a report',
      `REPORT RequestId: ${id}\tDuration: 3.00 ms\tBilled Duration: 4 ms`,
      ['says nothing about the decision', query],
    ],
    [
      'a report in JSON',
      JSON.stringify({ type: 'platform.report', record: { requestId: id, status: 'success' } }),
      ['says nothing about the decision', query],
    ],
    ['the error of a refusal', thrown('Error', 'Unauthorized'), ['the error that each refusal throws', query]],
    [
      'a time-out',
      `2026-11-25T12:00:00.000Z ${id} Task timed out after 10.00 seconds`,
      ['✗ invocation', 'timed out', 'callers get 503'],
    ],
    [
      'a time-out in JSON',
      JSON.stringify({ type: 'platform.report', record: { requestId: id, status: 'timeout' } }),
      ['✗ invocation', 'timed out'],
    ],
    [
      'the error of a refusal inside of an event of CloudWatch',
      JSON.stringify({ events: [{ message: thrown('Error', 'Unauthorized') }] }),
      ['the error that each refusal throws', query],
    ],
    [
      'a report in UTF-16',
      Buffer.from(`\uFEFFREPORT RequestId: ${id}\tDuration: 3.00 ms`, 'utf16le').toString('utf8'),
      ['says nothing about the decision', query],
    ],
    [
      'a process that was out of memory',
      `REPORT RequestId: ${id}\tStatus: error\tError Type: Runtime.OutOfMemory`,
      ['✗ invocation', 'ended before it answered', 'Max Memory Used'],
    ],
    [
      'a process that was killed',
      `RequestId: ${id} Error: Runtime exited with error: signal: killed`,
      ['✗ invocation', 'ended before it answered'],
    ],
    [
      'a function that does not start',
      thrown('SettingsError', 'a-secret-in-a-message'),
      ['✗ invocation', 'did not start', 'Read its errorMessage'],
    ],
  ])('%s is no request of the API: what it says, and how to find the decision', (_title, text, sentences) => {
    const shown = explain(text);
    for (const sentence of sentences) expect(shown).toContain(sentence);
    expect(shown).not.toContain('the authorizer was not called');
    expect(shown).not.toContain('a-secret');
  });

  test('is passed over where the decision is pasted with it', () => {
    expect(explain(`START RequestId: ${id}\n${json}\nREPORT RequestId: ${id}`)).toContain('✗ refused');
  });

  test('is read in UTF-16, as PowerShell writes it', () => {
    const text = Buffer.from(`\uFEFF${json}`, 'utf16le').toString('utf8');
    expect(explain(text)).toContain('✗ refused');
  });
});

test.each(['', 'nonsense, and more', '{}', '[]', '{"decision":"perhaps"}', '"'])(
  '%j is neither, and is not repeated',
  (text) => {
    expect(explainLog(text)).toMatchObject({ ok: false });
    expect(explain(text)).toContain('Paste the whole line');
  },
);

describe('doctor --from-log', () => {
  test('explains a line from its argument or from standard input, without settings', async () => {
    const runs = await Promise.all([
      runTool('doctor', ['--from-log', json]),
      runTool('doctor', ['--from-log', '-'], {}, json),
      runTool('doctor', ['--json', '--from-log'], {}, json),
    ]);
    for (const { code, stdout, stderr } of runs) {
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(stdout).toContain(advice.expired.meaning);
    }
  });
});
