import { absent, type Expected, present, type Row, type Source, shaped } from '../row';
import { guide, localstack, reports } from '../sources';
import { policy } from './authorizer';

const incomplete = (message: RegExp): Expected => ({
  status: 403,
  headers: { 'x-amzn-ErrorType': 'IncompleteSignatureException', 'X-Shaped': 'DEFAULT_4XX' },
  json: { message },
});

const unknownRoute = (
  fact: string,
  line: string,
  headers: readonly string[],
  expected: Expected,
  source: Source,
): Row => ({
  fact,
  steps: [{ request: { line, headers }, expected }],
  source,
});

const NO_EQUAL_SIGN = /key=value pair \(missing equal-sign\) in Authorization header/;

export const gatewayResponses: readonly Row[] = [
  unknownRoute('an unknown route', 'GET /nowhere', [], shaped('MISSING_AUTHENTICATION_TOKEN', 403), localstack.routing),
  unknownRoute(
    'an unknown route with an empty Authorization',
    'GET /nowhere',
    ['Authorization:'],
    { status: 403 },
    localstack.routing,
  ),
  unknownRoute(
    'an unknown route with a bearer token: its signature is incomplete',
    'GET /nowhere',
    ['Authorization: Bearer sometoken'],
    incomplete(NO_EQUAL_SIGN),
    reports.bearerOnUnknownRoute,
  ),
  unknownRoute(
    'a known route in another method with a bearer token',
    'DELETE /plain',
    ['Authorization: Bearer sometoken'],
    incomplete(NO_EQUAL_SIGN),
    reports.bearerOnUnknownRoute,
  ),
  unknownRoute(
    'an unknown route with Basic credentials',
    'GET /nowhere',
    ['Authorization: Basic dXNlcjpwYXNz'],
    incomplete(NO_EQUAL_SIGN),
    reports.bearerOnUnknownRoute,
  ),
  unknownRoute(
    'an unknown route carries CORS headers of the API',
    'GET /nowhere',
    [],
    { status: 403, headers: { 'Access-Control-Allow-Origin': '*' } },
    reports.gatewayResponses,
  ),
  {
    fact: 'a type with an entry of its own does not take DEFAULT_4XX',
    steps: [{ request: { line: 'GET /secure/a' }, expected: shaped('UNAUTHORIZED', 401) }],
    source: reports.gatewayResponses,
  },
  {
    fact: 'a type without an entry takes DEFAULT_5XX, with its own status',
    steps: [
      {
        request: { line: 'POST /from-body', body: '{"throws":"boom"}' },
        expected: { status: 502, headers: { 'X-Shaped': 'DEFAULT_5XX' } },
      },
    ],
    source: guide.gatewayResponses,
  },
  {
    fact: 'header literals are sent without their quotes',
    steps: [
      {
        request: { line: 'GET /secure/a', headers: ['Authorization: denied'], authorizer: policy([['Deny', '*']]) },
        expected: { status: 403, headers: { 'Access-Control-Allow-Origin': '*', 'X-Shaped': 'ACCESS_DENIED' } },
      },
    ],
    source: reports.gatewayResponses,
  },
  {
    fact: 'the preflight of a route is answered by its MOCK integration',
    steps: [
      {
        request: {
          line: 'OPTIONS /plain',
          headers: [
            'Origin: https://app.example.com',
            'Access-Control-Request-Method: GET',
            'Access-Control-Request-Headers: authorization',
          ],
        },
        expected: {
          status: 204,
          body: '',
          headers: {
            'Access-Control-Allow-Origin': present,
            'Access-Control-Allow-Methods': /GET/,
            'Access-Control-Allow-Headers': /authorization/i,
          },
        },
      },
    ],
    source: guide.cors,
  },
  unknownRoute(
    'the preflight of an unknown route',
    'OPTIONS /nowhere',
    ['Origin: https://app.example.com'],
    shaped('MISSING_AUTHENTICATION_TOKEN', 403),
    localstack.routing,
  ),
  {
    fact: 'a body of more than 10 MB: 413, which no entry of the API shapes',
    steps: [
      {
        request: { line: 'POST /echo', headers: ['Content-Type: text/plain'], body: 'a'.repeat(10_585_760) },
        expected: {
          status: 413,
          headers: { 'X-Shaped': absent, 'Access-Control-Allow-Origin': absent },
          body: /HTTP content length exceeded 10485760 bytes/,
        },
      },
    ],
    source: guide.gatewayResponses,
  },
];
