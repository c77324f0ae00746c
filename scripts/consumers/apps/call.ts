// Calls the handler as API Gateway does, and prints the status of each answer.
import type { ProxyEvent } from 'authaction-aws/handler';
import { handler } from './handler.js';

const base64 = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64');

const event = (scope: string, claims: object) =>
  ({
    httpMethod: 'POST',
    resource: '/orders',
    requestContext: {
      authorizer: { sub: 'client', scope, exp: String(Date.now() / 1000 + 60), token_claims: base64(claims) },
    },
  }) as unknown as ProxyEvent;

const events = [event('write:orders', { org_id: 'org-1' }), event('', { org_id: 'org-1' }), event('write:orders', {})];

void Promise.all(events.map(handler)).then((answers) => {
  console.log(answers.map(({ statusCode }) => statusCode).join(' '));
});
