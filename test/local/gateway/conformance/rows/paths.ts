import type { Row, Source } from '../row';
import { dotnet, localstack, reports, voker } from '../sources';

/** A path that reaches a resource, with what its variables hold. */
const reaches = (
  fact: string,
  target: string,
  resource: string,
  pathParameters: Record<string, string> | null,
  source: Source,
  path = target,
): Row => ({
  fact,
  steps: [{ request: { line: `GET ${target}` }, expected: { status: 200, event: { resource, pathParameters, path } } }],
  source,
});

const GREEDY = '/files/{path+}';
const USER = '/users/{userId}';
const EMAILS = 'proxy-value/api/user/test%2Balias@gmail.com/plus/test+alias@gmail.com';

export const paths: readonly Row[] = [
  reaches(
    'a slash at the end stays in path and is cut off a greedy variable',
    '/files/proxy-value/',
    GREEDY,
    { path: 'proxy-value' },
    localstack.proxyEvent,
  ),
  reaches(
    'a greedy variable holds the rest of the path',
    '/files/a/b/c',
    GREEDY,
    { path: 'a/b/c' },
    localstack.proxyEvent,
  ),
  reaches(
    'a slash at the end of a deeper path is cut off the greedy variable',
    '/files/a/b/',
    GREEDY,
    { path: 'a/b' },
    localstack.proxyEvent,
  ),
  reaches(
    'a slash at the end reaches the resource without it, and stays in path',
    '/plain/',
    '/plain',
    null,
    reports.trailingSlash,
  ),
  reaches('a slash at the end is no part of a variable', '/users/7/', USER, { userId: '7' }, reports.trailingSlash),
  reaches('doubled slashes at the start count as one', '//plain', '/plain', null, localstack.doubledSlash, '/plain'),
  reaches(
    'doubled slashes at the start of a greedy path count as one',
    '//files/a',
    GREEDY,
    { path: 'a' },
    localstack.doubledSlash,
    '/files/a',
  ),
  {
    fact: 'doubled slashes at the start stay in requestContext.path',
    steps: [
      {
        request: { line: 'GET //plain' },
        expected: { status: 200, event: { path: '/plain', requestContext: { path: /^\/[^/]+\/\/plain$/ } } },
      },
    ],
    source: localstack.doubledSlash,
  },
  reaches('%40 stays encoded in a variable', '/users/%40', USER, { userId: '%40' }, reports.encodedAt),
  reaches(
    'an encoded space stays encoded in a variable',
    '/users/John%20Doe',
    USER,
    { userId: 'John%20Doe' },
    dotnet.answer('SpecialCharactersInPath'),
  ),
  reaches(
    'asterisks stay in a variable',
    '/users/****%20Doe',
    USER,
    { userId: '****%20Doe' },
    dotnet.answer('SpecialCharactersInPath'),
  ),
  reaches(
    'each of two variables stays encoded',
    '/users/****%20Doe/orders/Summer%20Sale%202023',
    '/users/{userId}/orders/{orderId}',
    { userId: '****%20Doe', orderId: 'Summer%20Sale%202023' },
    dotnet.answer('SpecialCharactersInPath'),
  ),
  reaches(
    'encoded UTF-8 stays encoded in variables',
    '/users/%E2%98%95%20Coffee/orders/%F0%9F%98%8A%20Happy',
    '/users/{userId}/orders/{orderId}',
    { userId: '%E2%98%95%20Coffee', orderId: '%F0%9F%98%8A%20Happy' },
    dotnet.answer('UnicodeCharactersInPath'),
  ),
  reaches('%2B, + and @ come as sent', `/files/${EMAILS}`, GREEDY, { path: EMAILS }, localstack.proxyEvent),
  reaches('%2F stays encoded in a greedy variable', '/files/a%2Fb', GREEDY, { path: 'a%2Fb' }, reports.encodedSlash),
  reaches(
    'a colon needs no encoding',
    '/users/us-east-1:af33425f',
    USER,
    { userId: 'us-east-1:af33425f' },
    reports.colon,
  ),
  ...[
    'space%20value',
    'question%3Fvalue',
    'percent%25done',
    'hash%23value',
    'slash%2Fvalue',
    'unicode-%CE%BB-%E4%B8%96%E7%95%8C',
    'literal%252Fvalue',
    'literal%253Fvalue',
    'literal%2525value',
  ].map((value) =>
    reaches(`${value} comes as sent`, `/files/capture/${value}`, GREEDY, { path: `capture/${value}` }, voker.paths),
  ),
];
