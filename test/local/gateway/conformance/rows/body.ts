import type { Row } from '../row';
import { dotnet, guide, localstack } from '../sources';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/wIAAgkBAyMAlYwAAAAASUVORK5CYII=';

const fromBody = (answer: unknown, accept: string) => ({
  line: 'POST /from-body',
  headers: ['Content-Type: application/json', `Accept: ${accept}`],
  body: JSON.stringify({ answer }),
});

const image = { statusCode: 200, body: PNG, isBase64Encoded: true, headers: { 'Content-Type': 'image/png' } };

/** Of an API without binary media types. */
export const bodies: readonly Row[] = [
  {
    fact: 'a body comes as text',
    steps: [
      {
        request: {
          line: 'POST /echo',
          headers: ['Content-Type: application/json;charset=utf-8'],
          body: '{"message": "hello world"}',
        },
        expected: { status: 200, event: { body: '{"message": "hello world"}', isBase64Encoded: false } },
      },
    ],
    source: localstack.proxyEvent,
  },
  {
    fact: 'an empty body is null',
    steps: [
      { request: { line: 'POST /echo' }, expected: { status: 200, event: { body: null, isBase64Encoded: false } } },
    ],
    source: dotnet.answer('SpecialCharactersInPath'),
  },
  {
    fact: 'without binary media types a body is text, whatever its type',
    steps: [
      {
        request: {
          line: 'POST /echo',
          headers: ['Content-Type: image/png'],
          body: Buffer.from('iVBOR//+AAE=', 'base64'),
        },
        expected: { status: 200, event: { isBase64Encoded: false, body: /PNG/ } },
      },
    ],
    source: guide.binary,
  },
  {
    fact: 'without binary media types a base64 answer stays base64',
    steps: [
      {
        request: fromBody(image, 'image/png'),
        expected: { status: 200, body: PNG, headers: { 'Content-Type': 'image/png' } },
      },
    ],
    source: localstack.binaryAnswer,
  },
  {
    fact: 'without binary media types isBase64Encoded changes nothing',
    steps: [
      {
        request: fromBody({ statusCode: 200, body: 'dGVzdC1kYXRh', isBase64Encoded: true }, '*/*'),
        expected: { status: 200, body: 'dGVzdC1kYXRh' },
      },
    ],
    source: localstack.proxyAnswer,
  },
  {
    fact: 'a base64 body that says nothing stays as it is',
    steps: [
      {
        request: fromBody({ statusCode: 200, body: 'dGVzdC1kYXRh' }, '*/*'),
        expected: { status: 200, body: 'dGVzdC1kYXRh' },
      },
    ],
    source: localstack.proxyAnswer,
  },
];

/** Of an API with the binary media types `application/octet-stream` and `image/png`. */
export const binaryBodies: readonly Row[] = [
  {
    fact: 'a body of a binary media type comes as base64',
    steps: [
      {
        request: {
          line: 'POST /echo',
          headers: ['Content-Type: application/octet-stream'],
          body: Buffer.from([1, 2, 3, 4, 5]),
        },
        expected: { status: 200, event: { isBase64Encoded: true, body: 'AQIDBAU=' } },
      },
    ],
    source: dotnet.binaryEvent,
  },
  {
    fact: 'a body of another media type stays text',
    steps: [
      {
        request: { line: 'POST /echo', headers: ['Content-Type: text/plain'], body: 'text' },
        expected: { status: 200, event: { isBase64Encoded: false, body: 'text' } },
      },
    ],
    source: guide.binary,
  },
  {
    fact: 'a base64 answer is decoded for a caller that accepts the binary media type',
    steps: [{ request: fromBody(image, 'image/png'), expected: { status: 200, body: /PNG/ } }],
    source: localstack.binaryAnswer,
  },
  {
    fact: 'a base64 answer stays base64 for a caller that accepts text',
    steps: [{ request: fromBody(image, 'text/plain'), expected: { status: 200, body: PNG } }],
    source: guide.binary,
  },
  {
    fact: 'only the first media type of Accept counts',
    steps: [{ request: fromBody(image, 'text/html, image/png'), expected: { status: 200, body: PNG } }],
    source: guide.notes,
  },
  {
    fact: 'an answer that says base64 and is not',
    steps: [
      {
        request: fromBody({ ...image, body: 'no base64!' }, 'image/png'),
        expected: { status: 500, headers: { 'X-Shaped': 'DEFAULT_5XX' } },
      },
    ],
    source: guide.gatewayResponses,
  },
];
