import { absent, type Row, type Source, shaped } from '../row';
import { guide, localstack, reports } from '../sources';

const goesTo = (
  fact: string,
  line: string,
  resource: string,
  pathParameters: Record<string, string> | null,
  source: Source,
): Row => ({
  fact,
  steps: [{ request: { line }, expected: { status: 200, event: { resource, pathParameters } } }],
  source,
});

const nowhere = (fact: string, line: string, source: Source): Row => ({
  fact,
  steps: [{ request: { line }, expected: shaped('MISSING_AUTHENTICATION_TOKEN', 403) }],
  source,
});

export const routing: readonly Row[] = [
  goesTo(
    'a literal that lacks the method leaves the request to the variable',
    'GET /users/me',
    '/users/{userId}',
    { userId: 'me' },
    reports.literalWithoutMethod,
  ),
  goesTo(
    'a literal that has the method goes before the variable',
    'PATCH /users/me',
    '/users/me',
    null,
    reports.literalWithoutMethod,
  ),
  goesTo('a literal goes before a variable', 'GET /things/real', '/things/real', null, reports.literalWithoutMethod),
  goesTo(
    'what no literal names goes to the variable',
    'GET /things/other',
    '/things/{thing}',
    { thing: 'other' },
    reports.literalWithoutMethod,
  ),
  goesTo(
    'a resource without methods leaves the request to the greedy variable',
    'GET /tree/jobs',
    '/tree/{proxy+}',
    { proxy: 'jobs' },
    reports.greedyFallback,
  ),
  goesTo(
    'a resource without the method leaves the request to the greedy variable',
    'POST /tree/jobs/reboot',
    '/tree/{proxy+}',
    { proxy: 'jobs/reboot' },
    reports.greedyFallback,
  ),
  goesTo(
    'a resource with the method goes before the greedy variable',
    'GET /tree/jobs/reboot',
    '/tree/jobs/reboot',
    null,
    reports.greedyFallback,
  ),
  goesTo(
    'what goes beyond a resource goes to the greedy variable',
    'GET /tree/jobs/reboot/now',
    '/tree/{proxy+}',
    { proxy: 'jobs/reboot/now' },
    reports.greedyFallback,
  ),
  goesTo('ANY serves a method that has none of its own', 'DELETE /any', '/any', null, guide.proxyIntegrations),
  goesTo('a method goes before ANY', 'PUT /any', '/any', null, guide.proxyIntegrations),
  goesTo('the root has a method of its own', 'GET /', '/', null, guide.proxyIntegrations),
  nowhere('a path that no resource has', 'GET /random-non-existing', localstack.routing),
  nowhere('a known path in another method', 'POST /plain', localstack.routing),
  nowhere('a resource that has only children', 'GET /users', localstack.routing),
  nowhere('a greedy variable needs a value', 'GET /files/', localstack.routing),
  nowhere('paths are compared with regard to case', 'GET /Plain', localstack.routing),
  nowhere('a path beyond a resource', 'GET /plain/deeper', localstack.routing),
  {
    fact: 'HEAD is not served by GET',
    steps: [
      {
        request: { line: 'HEAD /plain' },
        expected: { status: 403, headers: { 'x-amzn-ErrorType': 'MissingAuthenticationTokenException' } },
      },
    ],
    source: reports.head,
  },
  {
    fact: 'X-HTTP-Method-Override replaces the method, and does not reach the function',
    steps: [
      {
        request: { line: 'POST /plain', headers: ['X-HTTP-Method-Override: GET'] },
        expected: {
          status: 200,
          event: { resource: '/plain', httpMethod: 'GET' },
          eventHeaders: { 'X-HTTP-Method-Override': absent },
        },
      },
    ],
    source: guide.notes,
  },
  {
    fact: 'X-HTTP-Method-Override leads to a route of its method only',
    steps: [
      {
        request: { line: 'GET /plain', headers: ['X-HTTP-Method-Override: DELETE'] },
        expected: shaped('MISSING_AUTHENTICATION_TOKEN', 403),
      },
    ],
    source: guide.notes,
  },
];
