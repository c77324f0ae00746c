import { exposedHeaders } from '../lambdas/shared/answers';

/** What each sample event of `events/` is for: the function it goes to and what that function must answer. */
export interface Sample {
  /** Logical id in the template, as `sam local invoke` and `npm run invoke` take it. */
  readonly functionId: string;
  /** Path under `events/`. */
  readonly event: string;
  /** The function's answer, or the message of the error it throws. */
  readonly expected: { readonly answer: unknown } | { readonly error: string };
}

const STAGE_ARN = 'arn:aws:execute-api:eu-central-1:123456789012:demo123456/dev';
const SUBJECT = 'demo-client@clients';
const EXPIRES = 4_102_444_800;

const allow = (routes: readonly string[], scope: string) => ({
  answer: {
    principalId: SUBJECT,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: 'Allow',
          Resource: routes.map((route) => `${STAGE_ARN}/${route}`),
        },
      ],
    },
    context: { sub: SUBJECT, scope, exp: EXPIRES },
  },
});

const http = (statusCode: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  answer: {
    statusCode,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': exposedHeaders.join(','),
      ...headers,
    },
    body: JSON.stringify(body),
  },
});

const refused = { error: 'Unauthorized' };

export const samples: readonly Sample[] = [
  {
    functionId: 'AuthorizerFunction',
    event: 'authorizer/good-token.json',
    expected: allow(['GET/protected'], ''),
  },
  {
    functionId: 'AuthorizerFunction',
    event: 'authorizer/good-token-with-scope.json',
    expected: allow(['GET/protected', 'GET/scoped'], 'read:messages'),
  },
  { functionId: 'AuthorizerFunction', event: 'authorizer/no-header.json', expected: refused },
  { functionId: 'AuthorizerFunction', event: 'authorizer/garbage.json', expected: refused },
  { functionId: 'AuthorizerFunction', event: 'authorizer/expired.json', expected: refused },
  { functionId: 'AuthorizerFunction', event: 'authorizer/wrong-audience.json', expected: refused },
  {
    functionId: 'PublicFunction',
    event: 'public/anyone.json',
    expected: http(200, { message: 'This is a public message!' }),
  },
  {
    functionId: 'ProtectedFunction',
    event: 'protected/caller.json',
    expected: http(200, { message: 'This is a protected message!', sub: SUBJECT }),
  },
  {
    functionId: 'ProtectedFunction',
    event: 'protected/no-authorizer.json',
    expected: http(
      401,
      { error: 'Unauthorized', message: 'Missing or invalid access token' },
      { 'WWW-Authenticate': 'Bearer' },
    ),
  },
  {
    functionId: 'ScopedFunction',
    event: 'scoped/caller.json',
    expected: http(200, { message: 'This is a scoped message!', sub: SUBJECT, scope: 'read:messages' }),
  },
];
