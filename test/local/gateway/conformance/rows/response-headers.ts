import { absent, type Matcher, present, type Row, type Source } from '../row';
import { guide, localstack } from '../sources';

const sends = (
  fact: string,
  headers: Record<string, string>,
  expected: Record<string, Matcher>,
  source: Source,
): Row => ({
  fact,
  steps: [
    {
      request: {
        line: 'POST /from-body',
        headers: ['Content-Type: application/json'],
        body: JSON.stringify({ answer: { statusCode: 200, headers, body: 'ok' } }),
      },
      expected: { status: 200, body: 'ok', headers: expected },
    },
  ],
  source,
});

const remapped: Readonly<Record<string, string>> = {
  'WWW-Authenticate': 'Bearer',
  Authorization: 'Bearer x',
  'Content-MD5': 'abc',
  'Max-Forwards': '10',
  'User-Agent': 'function/1',
};

const passed: Readonly<Record<string, string>> = {
  Age: '5',
  Accept: 'text/html',
  'Accept-Charset': 'utf-8',
  'Accept-Encoding': 'gzip',
  'Content-Encoding': 'identity',
  Pragma: 'no-cache',
  Range: 'bytes=0-1',
  Referer: 'https://example.com/',
  Warn: '299 old',
  'Cache-Control': 'no-store',
  Location: '/elsewhere',
  'X-Custom': 'value',
};

const dropped: Readonly<Record<string, string>> = {
  Expect: '100-continue',
  Host: 'example.com',
  'Proxy-Authenticate': 'Basic',
  TE: 'trailers',
  Trailer: 'X-Checksum',
  'Transfer-Encoding': 'gzip',
  Upgrade: 'h2c',
  Via: '1.1 function',
};

export const responseHeaders: readonly Row[] = [
  ...Object.entries(remapped).map(([name, value]) =>
    sends(
      `${name} reaches the caller as x-amzn-Remapped-${name}`,
      { [name]: value },
      { [`x-amzn-Remapped-${name}`]: value, [name]: absent },
      guide.notes,
    ),
  ),
  sends(
    'Date is remapped, and the gateway’s own is sent',
    { Date: 'Tue, 01 Jan 2030 00:00:00 GMT' },
    { 'x-amzn-Remapped-Date': present, Date: /^(?!.*2030)/ },
    guide.notes,
  ),
  sends(
    'Server is remapped',
    { Server: 'function' },
    { 'x-amzn-Remapped-Server': present, Server: absent },
    guide.notes,
  ),
  sends('Connection is remapped', { Connection: 'upgrade' }, { 'x-amzn-Remapped-Connection': 'upgrade' }, guide.notes),
  sends(
    'a wrong Content-Length does not cut the body',
    { 'Content-Length': '1' },
    { 'Content-Length': '2' },
    localstack.headersOfHttp,
  ),
  ...Object.entries(passed).map(([name, value]) =>
    sends(`${name} reaches the caller`, { [name]: value }, { [name]: value }, guide.notes),
  ),
  ...Object.entries(dropped).map(([name, value]) =>
    sends(`${name} does not reach the caller under its own name`, { [name]: value }, { [name]: absent }, guide.notes),
  ),
];
