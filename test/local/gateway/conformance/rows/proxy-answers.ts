import { absent, type Expected, type Row, type Source, shaped } from '../row';
import { dotnet, guide, localstack, reports } from '../sources';

const task = (body: unknown) => ({
  line: 'POST /from-body',
  headers: ['Content-Type: application/json'],
  body: JSON.stringify(body),
});

const gives = (fact: string, answer: unknown, expected: Expected, source: Source): Row => ({
  fact,
  steps: [{ request: task({ answer }), expected }],
  source,
});

/** 502, which the lab shapes by its DEFAULT_5XX. */
const FAILED: Expected = { ...shaped('DEFAULT_5XX', 502), json: { message: 'Internal server error' } };
const fails = (fact: string, answer: unknown, source: Source): Row => gives(fact, answer, FAILED, source);

export const proxyAnswers: readonly Row[] = [
  gives(
    'statusCode alone is an empty body of type application/json',
    { statusCode: 200 },
    { status: 200, body: '', headers: { 'Content-Type': 'application/json', 'Content-Length': '0' } },
    localstack.proxyAnswer,
  ),
  gives(
    'no statusCode is 200',
    { headers: { 'test-header': 'value' } },
    { status: 200, body: '', headers: { 'test-header': 'value' } },
    localstack.proxyAnswer,
  ),
  gives('a statusCode of digits is a number', { statusCode: '201' }, { status: 201 }, localstack.proxyAnswer),
  gives('headers may be null', { statusCode: 200, headers: null }, { status: 200, body: '' }, localstack.proxyAnswer),
  gives(
    'a boolean header is text',
    { statusCode: 200, headers: { 'test-header': 'value', 'header-bool': true } },
    { status: 200, headers: { 'test-header': 'value', 'header-bool': 'true' } },
    localstack.proxyAnswer,
  ),
  gives(
    'each of the multi values is a line',
    { statusCode: 200, multiValueHeaders: { 'test-multi': ['value1', 'value2'] } },
    { status: 200, headers: { 'test-multi': ['value1', 'value2'] } },
    localstack.proxyAnswer,
  ),
  gives(
    'of one name in both, the multi values come first, then the single one',
    { statusCode: 200, multiValueHeaders: { 'test-multi': ['value-multi'] }, headers: { 'test-multi': 'value-solo' } },
    { status: 200, headers: { 'test-multi': ['value-multi', 'value-solo'] } },
    localstack.proxyAnswer,
  ),
  gives(
    'several multi values and a single one of the same name',
    {
      statusCode: 200,
      headers: { 'Combined-Header': 'single-value', 'X-Custom-Header': 'single-value' },
      multiValueHeaders: {
        'Combined-Header': ['multi-value1', 'multi-value2'],
        'X-Multi-Header': ['multi-value1', 'multi-value2'],
      },
      body: '{"message":"With Combined Headers"}',
    },
    {
      status: 200,
      headers: {
        'Combined-Header': ['multi-value1', 'multi-value2', 'single-value'],
        'X-Custom-Header': ['single-value'],
        'X-Multi-Header': ['multi-value1', 'multi-value2'],
        'Content-Length': '35',
      },
    },
    dotnet.answer('CombinesSingleAndMultiValueHeaders'),
  ),
  gives(
    'the same value under one name in both comes once',
    { statusCode: 200, multiValueHeaders: { 'test-multi': ['same', 'other'] }, headers: { 'test-multi': 'same' } },
    { status: 200, headers: { 'test-multi': ['same', 'other'] } },
    guide.proxyIntegrations,
  ),
  gives(
    'a comma makes no list of a header',
    { statusCode: 200, headers: { myheader: 'test,other' } },
    { status: 200, headers: { myheader: ['test,other'] } },
    dotnet.answer('HandlesHeadersCorrectly'),
  ),
  gives(
    'cookies come one a line',
    { statusCode: 200, multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] } },
    { status: 200, headers: { 'Set-Cookie': ['a=1', 'b=2'] } },
    guide.proxyIntegrations,
  ),
  gives(
    'a body without a type is application/json',
    { statusCode: 200, body: 'Hello, World!' },
    { status: 200, body: 'Hello, World!', headers: { 'Content-Type': 'application/json', 'Content-Length': '13' } },
    dotnet.answer('DefaultsToCorrectContentTYpe'),
  ),
  gives(
    'a type of the function’s own is kept',
    { statusCode: 200, headers: { 'Content-Type': 'application/xml' }, body: '<a/>' },
    { status: 200, body: '<a/>', headers: { 'Content-Type': ['application/xml'] } },
    dotnet.answer('UsesProvidedContentType'),
  ),
  gives(
    'Content-Length counts bytes',
    { statusCode: 200, body: 'é' },
    { status: 200, body: 'é', headers: { 'Content-Length': '2' } },
    dotnet.answer('SetsContentLength'),
  ),
  gives(
    'any status reaches the caller',
    { statusCode: 418, body: '{}' },
    { status: 418, body: '{}' },
    dotnet.answer('SetsCorrectStatusCode'),
  ),
  gives(
    'a failure of the function’s own is not shaped',
    { statusCode: 502, body: '{"message":"Internal server error"}' },
    { status: 502, body: '{"message":"Internal server error"}' },
    dotnet.answer('SetsCorrectStatusCode'),
  ),
  gives(
    'answers carry x-amzn-RequestId, x-amz-apigw-id and X-Amzn-Trace-Id',
    { statusCode: 200, body: 'Test body' },
    {
      status: 200,
      headers: {
        'x-amzn-RequestId': /^[0-9a-f-]{36}$/,
        'x-amz-apigw-id': /=$/,
        'X-Amzn-Trace-Id': /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}/,
      },
    },
    dotnet.answer('APIHeaders'),
  ),
  fails('a field that is not known', { statusCode: 200, wrongValue: 'value' }, localstack.proxyAnswer),
  fails('a field of HTTP APIs', { statusCode: 200, cookies: ['a=1'] }, localstack.proxyAnswer),
  fails('a statusCode that is no number', { statusCode: 'test' }, localstack.proxyAnswer),
  fails('a statusCode of 0', { statusCode: 0 }, dotnet.answer('HandlesZeroStatusCode')),
  fails('a string instead of an object', 'justAString', localstack.proxyAnswer),
  fails('a list instead of an object', [{ statusCode: 200 }], guide.proxyIntegrations),
  fails(
    'a multi value that is no list',
    { statusCode: 200, multiValueHeaders: { 'test-multi-invalid': 'value1' } },
    localstack.proxyAnswer,
  ),
  fails('headers that are a list', { statusCode: 200, headers: ['a'] }, guide.proxyIntegrations),
  fails('a header that is an object', { statusCode: 200, headers: { a: { b: 1 } } }, guide.proxyIntegrations),
  fails(
    'a body that is an object',
    { statusCode: 200, headers: { 'Content-Type': 'application/json' }, body: { hey: 'dude' } },
    reports.bodyObject,
  ),
  fails('a body that is a list', { statusCode: 200, body: ['a'] }, reports.bodyObject),
  {
    fact: 'the function throws',
    steps: [{ request: task({ throws: 'boom' }), expected: FAILED }],
    source: localstack.proxyAnswer,
  },
  {
    fact: 'gateway responses carry no X-Amzn-Trace-Id',
    steps: [
      {
        request: task({ answer: { statusCode: 0 } }),
        expected: {
          status: 502,
          headers: {
            'X-Amzn-Trace-Id': absent,
            'x-amzn-RequestId': /^[0-9a-f-]{36}$/,
            'x-amzn-ErrorType': 'InternalServerErrorException',
          },
        },
      },
    ],
    source: dotnet.answer('HandlesZeroStatusCode'),
  },
  {
    fact: 'the function takes longer than its integration may',
    steps: [
      {
        request: { ...task({ sleepMs: 2000, answer: { statusCode: 200 } }), line: 'POST /hurried' },
        expected: { status: 504, json: { message: 'Endpoint request timed out' } },
      },
    ],
    source: guide.gatewayResponses,
  },
  {
    fact: 'an answer of more than 6 MB is a failed integration',
    steps: [{ request: task({ bodyOfBytes: 6_400_000 }), expected: FAILED }],
    source: reports.answerOfSixMegabytes,
  },
  {
    fact: 'an answer of 5 MB is whole',
    steps: [
      {
        request: task({ bodyOfBytes: 5_000_000 }),
        expected: { status: 200, headers: { 'Content-Length': '5000000' } },
      },
    ],
    source: guide.lambdaQuotas,
  },
];
