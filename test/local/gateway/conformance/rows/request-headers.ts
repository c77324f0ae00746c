import { absent, type Matcher, type Row, type Source } from '../row';
import { dotnet, guide, localstack, voker } from '../sources';

const arrive = (fact: string, headers: readonly string[], expected: Record<string, Matcher>, source: Source): Row => ({
  fact,
  steps: [{ request: { line: 'GET /echo', headers }, expected: { status: 200, eventHeaders: expected } }],
  source,
});

const kept = [
  'Accept: application/json',
  'Accept-Charset: UTF-8',
  'Accept-Encoding: br',
  'Age: request_Age',
  'Content-Encoding: deflate',
  'Content-Type: application/json',
  'Date: request_Date',
  'Pragma: cache',
  'Range: bytes=500-999',
  'Referer: https://example.com/',
  'User-Agent: localStack/0.0',
  'Via: 1.1 proxy',
  'Warn: 299 localStack/0.0',
];

const dropped = [
  'Content-MD5: request_MD5',
  'Expect: 100-continue',
  'Max-Forwards: 10',
  'Proxy-Authenticate: request',
  'Server: request',
  'TE: trailers',
  'Trailer: X-Checksum',
  'Upgrade: h2c',
  'WWW-Authenticate: request',
];

export const requestHeaders: readonly Row[] = [
  {
    fact: 'a name keeps its spelling',
    steps: [
      {
        request: { line: 'GET /echo', headers: ['tEsT-HEADeR: aValUE'] },
        expected: {
          status: 200,
          event: { headers: { 'tEsT-HEADeR': 'aValUE' }, multiValueHeaders: { 'tEsT-HEADeR': ['aValUE'] } },
        },
      },
    ],
    source: localstack.proxyEvent,
  },
  {
    fact: 'User-Agent has this spelling whatever the caller’s',
    steps: [
      {
        request: { line: 'GET /echo', headers: ['user-Agent: test/integration'] },
        expected: {
          status: 200,
          event: {
            headers: { 'User-Agent': 'test/integration', 'user-Agent': absent },
            requestContext: { identity: { userAgent: 'test/integration' } },
          },
        },
      },
    ],
    source: localstack.dataMapping,
  },
  ...kept.map((line) => {
    const [name = '', value = ''] = line.split(': ');
    return arrive(`${name} reaches the function`, [line], { [name]: value }, localstack.headers);
  }),
  ...dropped.map((line) => {
    const [name = ''] = line.split(': ');
    return arrive(
      `${name} is dropped`,
      [line],
      { [name]: absent },
      name === 'Upgrade' ? guide.notes : localstack.headers,
    );
  }),
  arrive('Connection is dropped', ['Connection: close'], { Connection: absent }, localstack.headers),
  {
    fact: 'Content-Length is dropped',
    steps: [
      {
        request: {
          line: 'POST /echo',
          headers: ['Content-Type: application/json'],
          body: '{"message": "hello world"}',
        },
        expected: { status: 200, eventHeaders: { 'Content-Length': absent, 'Content-Type': 'application/json' } },
      },
    ],
    source: localstack.proxyEvent,
  },
  {
    fact: 'the last of several is the single value, all are in multiValueHeaders',
    steps: [
      {
        request: { line: 'GET /echo', headers: ['x-voker-probe: first', 'x-voker-probe: second'] },
        expected: {
          status: 200,
          eventHeaders: { 'x-voker-probe': 'second' },
          eventMultiValueHeaders: { 'x-voker-probe': ['first', 'second'] },
        },
      },
    ],
    source: voker.event,
  },
  {
    fact: 'a comma makes no list of a header',
    steps: [
      {
        request: {
          line: 'GET /echo',
          headers: ['header1: value1', 'header2: value1', 'header2: value2', 'header3: value1,value2'],
        },
        expected: {
          status: 200,
          eventHeaders: { header1: 'value1', header2: 'value2', header3: 'value1,value2' },
          eventMultiValueHeaders: { header1: ['value1'], header2: ['value1', 'value2'], header3: ['value1,value2'] },
        },
      },
    ],
    source: guide.proxyIntegrations,
  },
  {
    fact: 'two cookies stay one string',
    steps: [
      {
        request: { line: 'GET /echo', headers: ['Cookie: session=abc123; theme=dark'] },
        expected: {
          status: 200,
          eventHeaders: { Cookie: 'session=abc123; theme=dark' },
          eventMultiValueHeaders: { Cookie: ['session=abc123; theme=dark'] },
        },
      },
    ],
    source: voker.event,
  },
  arrive(
    'X-Amzn-Trace-Id is added',
    [],
    { 'X-Amzn-Trace-Id': /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}/ },
    dotnet.answer('SimpleGetRequest'),
  ),
  arrive('X-Forwarded-For is added', [], { 'X-Forwarded-For': /\d/ }, voker.event),
  arrive('X-Forwarded-Proto is https', [], { 'X-Forwarded-Proto': 'https' }, voker.event),
  arrive('X-Forwarded-Port is 443', [], { 'X-Forwarded-Port': '443' }, voker.event),
];
