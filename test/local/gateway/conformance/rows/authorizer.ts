import { type AuthorizerTask, type Expected, type Matcher, Remember, type Row, type Source, shaped } from '../row';
import { guide, reports } from '../sources';

/** An answer of the authorizer with these statements, and more fields. */
export function policy(statements: readonly [effect: string, resource: string][], more: object = {}): AuthorizerTask {
  return {
    answer: {
      principalId: 'user',
      policyDocument: {
        Version: '2012-10-17',
        Statement: statements.map(([Effect, Resource]) => ({ Action: 'execute-api:Invoke', Effect, Resource })),
      },
      ...more,
    },
  };
}

export const allowAll = (more: object = {}): AuthorizerTask => policy([['Allow', '$BASE/*']], more);

/** Another caller for each row: no row meets a cached decision of another one. */
let callers = 0;
const caller = (): string => {
  callers += 1;
  return `Authorization: caller-${callers}`;
};

const row = (fact: string, line: string, authorizer: AuthorizerTask, expected: Expected, source: Source): Row => ({
  fact,
  steps: [{ request: { line, headers: [caller()], authorizer }, expected }],
  source,
});

/** A policy that allows or denies `GET /secure/a`, or another line. */
const decides = (fact: string, task: AuthorizerTask, isAllowed: boolean, source: Source, line = 'GET /secure/a'): Row =>
  row(fact, line, task, isAllowed ? { status: 200 } : shaped('ACCESS_DENIED', 403), source);

const misconfigured = (fact: string, answer: unknown, source: Source): Row =>
  row(fact, 'GET /secure/a', { answer }, shaped('AUTHORIZER_CONFIGURATION_ERROR', 500), source);

const contextArrives = (fact: string, context: object, expected: Matcher, source: Source): Row =>
  row(
    fact,
    'GET /secure/a',
    allowAll({ context }),
    { status: 200, event: { requestContext: { authorizer: expected } } },
    source,
  );

const { answer: good } = allowAll() as { answer: object };
const counting = allowAll({ context: { call: '$CALL' } });
const call = (name: string): Expected => ({
  status: 200,
  event: { requestContext: { authorizer: { call: new Remember(name) } } },
});

/** Several requests with one `Authorization`, or several. */
function sequence(
  fact: string,
  source: Source,
  ...steps: readonly (readonly [line: string, authorization: string, task: AuthorizerTask, expected: Expected])[]
): Row {
  const own = caller();
  return {
    fact,
    steps: steps.map(([line, suffix, authorizer, expected]) => ({
      request: { line, headers: [`${own}${suffix}`], authorizer },
      expected,
    })),
    source,
  };
}

const event = allowAll({ context: { event: '$EVENT' } });

export const authorizers: readonly Row[] = [
  {
    fact: 'without its identity source the authorizer is not called',
    steps: [{ request: { line: 'GET /secure/a' }, expected: shaped('UNAUTHORIZED', 401) }],
    source: guide.authorizers,
  },
  {
    fact: 'an empty identity source is a missing one',
    steps: [{ request: { line: 'GET /secure/a', headers: ['Authorization:'] }, expected: shaped('UNAUTHORIZED', 401) }],
    source: guide.authorizers,
  },
  {
    fact: 'of two identity sources both are needed',
    steps: [
      { request: { line: 'GET /tenant/a', headers: [caller()] }, expected: shaped('UNAUTHORIZED', 401) },
      { request: { line: 'GET /tenant/a?tenant=1' }, expected: shaped('UNAUTHORIZED', 401) },
      { request: { line: 'GET /tenant/a?tenant=1', headers: [caller()] }, expected: { status: 200 } },
    ],
    source: guide.identitySources,
  },
  {
    fact: 'without caching the authorizer is called without its identity source, too',
    steps: [
      {
        request: { line: 'GET /uncached/a' },
        expected: { status: 200, event: { requestContext: { authorizer: { principalId: 'default' } } } },
      },
    ],
    source: guide.authorizers,
  },
  sequence(
    'a cached policy that allows everything serves another route',
    guide.authorizers,
    ['GET /secure/a', '', counting, call('first')],
    ['GET /locked', '', counting, call('first')],
  ),
  sequence(
    'a cached policy serves the same route again',
    guide.authorizers,
    ['GET /secure/a', '', counting, call('first')],
    ['GET /secure/a', '', counting, call('first')],
  ),
  sequence(
    'a cached policy for one ARN denies another route',
    reports.authorizerAnswer,
    ['GET /secure/a', '', policy([['Allow', '$ARN']]), { status: 200 }],
    ['GET /secure/b', '', policy([['Allow', '$ARN']]), shaped('ACCESS_DENIED', 403)],
  ),
  sequence(
    'a cached Deny denies again',
    guide.authorizers,
    ['GET /secure/a', '', policy([['Deny', '*']]), shaped('ACCESS_DENIED', 403)],
    ['GET /secure/a', '', allowAll(), shaped('ACCESS_DENIED', 403)],
  ),
  sequence(
    'another identity is another decision',
    guide.authorizers,
    ['GET /secure/a', '', policy([['Deny', '*']]), shaped('ACCESS_DENIED', 403)],
    ['GET /secure/a', '-other', allowAll(), { status: 200 }],
  ),
  sequence(
    'an error is not cached',
    guide.authorizers,
    ['GET /secure/a', '', { throws: 'Unauthorized' }, shaped('UNAUTHORIZED', 401)],
    ['GET /secure/a', '', allowAll(), { status: 200 }],
  ),
  sequence(
    'without caching each request is decided anew',
    guide.authorizers,
    ['GET /uncached/a', '', allowAll(), { status: 200 }],
    ['GET /uncached/a', '', policy([['Deny', '*']]), shaped('ACCESS_DENIED', 403)],
  ),
  decides('an Allow of the call’s own ARN', policy([['Allow', '$ARN']]), true, guide.policies),
  decides(
    'Deny goes over Allow',
    policy([
      ['Allow', '$BASE/*'],
      ['Deny', '$BASE/GET/secure/*'],
    ]),
    false,
    guide.policies,
  ),
  decides(
    'Deny goes over an Allow that follows',
    policy([
      ['Deny', '$BASE/GET/secure/*'],
      ['Allow', '$BASE/*'],
    ]),
    false,
    guide.policies,
  ),
  decides('a policy that does not name the route', policy([['Allow', '$BASE/GET/other']]), false, guide.policies),
  decides('a policy for another method', policy([['Allow', '$BASE/POST/secure/a']]), false, guide.policies),
  decides(
    'a policy for another stage',
    policy([['Allow', 'arn:aws:execute-api:*:*:*/elsewhere/GET/secure/a']]),
    false,
    guide.policies,
  ),
  decides(
    '* stands for the rest of the path',
    policy([['Allow', '$BASE/GET/deep/*']]),
    true,
    guide.policies,
    'GET /deep/x/y/z',
  ),
  decides(
    '* in the middle crosses slashes',
    policy([['Allow', '$BASE/GET/deep/*/z']]),
    true,
    guide.iamWildcards,
    'GET /deep/x/y/z',
  ),
  decides('* stands for the method', policy([['Allow', '$BASE/*/secure/a']]), true, guide.policies),
  decides('* alone is every resource', policy([['Allow', '*']]), true, guide.policies),
  decides('? is one character', policy([['Allow', '$BASE/GET/secure/?']]), true, guide.iamWildcards),
  decides('? is not no character', policy([['Allow', '$BASE/GET/secure/a?']]), false, guide.iamWildcards),
  contextArrives(
    'context values reach the function as text, with principalId',
    { stringKey: 'value', numberKey: 123, booleanKey: true },
    { stringKey: 'value', numberKey: '123', booleanKey: 'true', principalId: 'user' },
    guide.authorizerAnswer,
  ),
  contextArrives(
    'a false in the context is text',
    { flag: false, zero: 0 },
    { flag: 'false', zero: '0' },
    guide.authorizerAnswer,
  ),
  contextArrives('a fraction in the context is text', { fraction: 1.5 }, { fraction: '1.5' }, guide.authorizerAnswer),
  row(
    'an answer without a context',
    'GET /secure/a',
    allowAll(),
    { status: 200, event: { requestContext: { authorizer: { principalId: 'user' } } } },
    guide.authorizerAnswer,
  ),
  misconfigured('an object in the context', { ...good, context: { a: { b: 1 } } }, reports.nestedContext),
  misconfigured('a list in the context', { ...good, context: { a: ['b'] } }, guide.authorizerAnswer),
  misconfigured('no principalId', { ...good, principalId: undefined }, reports.authorizerAnswer),
  misconfigured('no policyDocument', { principalId: 'user' }, guide.authorizerAnswer),
  misconfigured('null instead of an answer', null, guide.authorizerAnswer),
  misconfigured('a string instead of an answer', 'yes', guide.authorizerAnswer),
  row(
    'the authorizer throws Unauthorized',
    'GET /secure/a',
    { throws: 'Unauthorized' },
    shaped('UNAUTHORIZED', 401),
    guide.authorizers,
  ),
  row(
    'the authorizer throws something else',
    'GET /secure/a',
    { throws: 'Error: Invalid token' },
    shaped('AUTHORIZER_FAILURE', 500),
    guide.authorizers,
  ),
  row(
    'the authorizer throws Unauthorized in another spelling',
    'GET /secure/a',
    { throws: 'unauthorized' },
    shaped('AUTHORIZER_FAILURE', 500),
    guide.authorizers,
  ),
  {
    fact: 'the authorizer gets a REQUEST event',
    steps: [
      {
        request: {
          line: 'GET /secure/a?QueryString1=queryValue1',
          headers: [caller(), 'HeaderAuth1: headerValue1'],
          authorizer: event,
        },
        expected: {
          status: 200,
          authorizerEvent: {
            type: 'REQUEST',
            resource: '/secure/{id}',
            path: '/secure/a',
            httpMethod: 'GET',
            headers: { HeaderAuth1: 'headerValue1' },
            queryStringParameters: { QueryString1: 'queryValue1' },
            pathParameters: { id: 'a' },
            requestContext: {
              resourcePath: '/secure/{id}',
              httpMethod: 'GET',
              accountId: /^\d{12}$/,
              identity: { sourceIp: /\d/ },
            },
          },
        },
      },
    ],
    source: guide.authorizerEvent,
  },
  row(
    'methodArn has the path of the request, not the template',
    'GET /secure/1234',
    event,
    {
      status: 200,
      authorizerEvent: { methodArn: /^arn:aws:execute-api:[a-z0-9-]+:\d{12}:[^/:]+\/[^/]+\/GET\/secure\/1234$/ },
    },
    reports.methodArn,
  ),
];
