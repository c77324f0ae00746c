import type { AuthorizerAnswer } from '../../lambdas/authorizer/rest-api';

/** What the peers read of a REQUEST authorizer event. */
export interface RequestEvent {
  readonly methodArn?: unknown;
  readonly headers?: unknown;
}

/** The policy every peer answers with: as large as ours, and without a look at the route table. */
export function answer(event: RequestEvent, sub: string): AuthorizerAnswer {
  const [api, stage] = String(event.methodArn).split('/', 2);
  return {
    principalId: sub,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: [`${api}/${stage}/GET/protected`] }],
    },
    context: { sub },
  };
}

/** The token of the event, as the libraries' examples take it. */
export function tokenOf(event: RequestEvent): string {
  return (event.headers as { Authorization?: string }).Authorization?.split(' ')[1] ?? '';
}

/** What the peers are configured with, from the environment. */
export const peerSettings = {
  issuer: process.env.PEER_ISSUER ?? '',
  audience: process.env.PEER_AUDIENCE ?? '',
  jwksUri: process.env.PEER_JWKS_URI ?? '',
  /** The key set itself, for the limit that fetches nothing. */
  jwks: process.env.PEER_JWKS ?? '',
};
