// Calls the handler as API Gateway does, and prints the status of each answer.
import type { ProxyEvent } from 'authaction-aws/handler';
import { handler } from './handler.js';

const event = (scope: string) =>
  ({
    httpMethod: 'POST',
    resource: '/orders',
    requestContext: { authorizer: { sub: 'client', scope, exp: String(Date.now() / 1000 + 60) } },
  }) as unknown as ProxyEvent;

void Promise.all([event('write:orders'), event('')].map(handler)).then((answers) => {
  console.log(answers.map(({ statusCode }) => statusCode).join(' '));
});
