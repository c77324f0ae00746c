import type { AuthorizerModel, IdentitySource } from '../../../local/gateway/api-model';
import { authorize, createAuthorizerCache } from '../../../local/gateway/authorization';
import type { RoutedRequest } from '../../../local/gateway/events';
import type { Invocation } from '../../../local/lambda/start-function';

const policyDocument = {
  Version: '2012-10-17',
  Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }],
};

/** Asks an authorizer that answers so, with these identity sources, for a request without headers. */
async function ask(answer: unknown, identitySources: readonly IdentitySource[], stageVariables = {}) {
  const model: AuthorizerModel = { id: 'A', functionId: 'F', identitySources, ttlSeconds: 300 };
  const request = {
    headers: new Map(),
    query: new Map(),
    path: '/a',
    rawPath: '/a',
    sourceIp: '192.0.2.1',
    receivedAtMs: 0,
  };
  const routed = { api: { stage: 'dev', stageVariables }, method: { path: '/a' }, request, pathParameters: {} };
  const invocation: Invocation = { ok: true, result: answer, requestId: '1', logs: [], milliseconds: 1 };
  const { authorization } = await authorize(
    model,
    routed as unknown as RoutedRequest,
    createAuthorizerCache(),
    async () => invocation,
  );
  return authorization;
}

const sourceIp = [{ place: 'context', name: 'identity.sourceIp' }] as const;

it.each<[string, unknown, string]>([
  ['null', null, 'the answer is not an object'],
  ['no principal', { policyDocument }, 'principalId is missing or not a string'],
  ['no policy', { principalId: 'me' }, 'policyDocument is missing or not a policy'],
  [
    'a policy with a resource of 513 characters',
    {
      principalId: 'me',
      policyDocument: { Statement: [{ ...policyDocument.Statement[0], Resource: '*'.repeat(513) }] },
    },
    'policyDocument is missing or not a policy',
  ],
  ['a context that is a list', { principalId: 'me', policyDocument, context: [] }, 'context is not an object'],
  [
    'a nested value',
    { principalId: 'me', policyDocument, context: { secret: { a: 1 } } },
    'context: "secret" is not a string, number or boolean',
  ],
])('says what is wrong with an answer: %s', async (_case, answer, problem) => {
  await expect(ask(answer, sourceIp)).resolves.toEqual({ outcome: 'misconfigured', problem });
});

describe('an identity source', () => {
  const good = { principalId: 'me', policyDocument };

  it('of the context has the value that the event has there', async () => {
    await expect(ask(good, sourceIp)).resolves.toMatchObject({ outcome: 'allowed' });
    await expect(ask(good, [{ place: 'context', name: 'identity.user' }])).resolves.toEqual({
      outcome: 'unauthorized',
    });
    await expect(ask(good, [{ place: 'context', name: 'identity' }])).resolves.toEqual({ outcome: 'unauthorized' });
  });

  it('of the stage has the value of its variable', async () => {
    const color = [{ place: 'stageVariables', name: 'color' }] as const;
    await expect(ask(good, color, { color: 'blue' })).resolves.toMatchObject({ outcome: 'allowed' });
    await expect(ask(good, color)).resolves.toEqual({ outcome: 'unauthorized' });
  });
});
