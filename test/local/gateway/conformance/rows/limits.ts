import { not, type Row } from '../row';
import { guide } from '../sources';
import { allowAll } from './authorizer';

const header = (bytes: number) => `X-Big: ${'a'.repeat(bytes)}`;

export const limits: readonly Row[] = [
  {
    fact: 'headers of 15 KB are taken',
    steps: [
      {
        request: { line: 'GET /echo', headers: [header(15_000)] },
        expected: { status: 200, eventHeaders: { 'X-Big': /^a{15000}$/ } },
      },
    ],
    source: guide.quotas,
  },
  {
    fact: 'headers of more than 20,480 bytes in all are refused',
    steps: [{ request: { line: 'GET /echo', headers: [header(20_500)] }, expected: { status: not(200) } }],
    source: guide.quotas,
  },
  {
    fact: 'a URL of more than 10,240 characters is refused',
    steps: [{ request: { line: `GET /echo?q=${'a'.repeat(10_292)}` }, expected: { status: not(200) } }],
    source: guide.quotas,
  },
  {
    fact: 'a URL of 9,000 characters is taken',
    steps: [{ request: { line: `GET /echo?q=${'a'.repeat(9_000)}` }, expected: { status: 200 } }],
    source: guide.quotas,
  },
  {
    fact: 'a method ARN of more than 1,600 bytes: 414',
    steps: [
      {
        request: { line: `GET /secure/${'a'.repeat(1700)}`, headers: ['Authorization: long'], authorizer: allowAll() },
        expected: { status: 414 },
      },
    ],
    source: guide.quotas,
  },
  {
    fact: 'a method ARN of 1,500 bytes is taken',
    steps: [
      {
        request: { line: `GET /secure/${'a'.repeat(1400)}`, headers: ['Authorization: long'], authorizer: allowAll() },
        expected: { status: 200 },
      },
    ],
    source: guide.authorizerAnswer,
  },
  {
    fact: 'a long path of a route without an authorizer is taken',
    steps: [{ request: { line: `GET /users/${'a'.repeat(1700)}` }, expected: { status: 200 } }],
    source: guide.authorizerAnswer,
  },
];
