import { describeEvent } from '../../../lambdas/authorizer/event-kind';
import { requestEvent } from '../../../samples/events';

const http = { type: 'REQUEST', routeArn: 'arn:aws:execute-api:a:b:c/d/GET/e', routeKey: 'GET /e' };

test.each<[string, unknown]>([
  ['HTTP API, payload 2.0', { version: '2.0', ...http, requestContext: { http: { method: 'GET' } } }],
  ['HTTP API, payload 1.0', { version: '1.0', ...http, requestContext: { httpMethod: 'GET' } }],
  ['Application Load Balancer', { httpMethod: 'GET', path: '/', requestContext: { elb: { targetGroupArn: 'arn' } } }],
  ['WebSocket API', { type: 'REQUEST', requestContext: { connectionId: 'a=', eventType: 'CONNECT' } }],
  ['WebSocket API', { requestContext: { eventType: 'CONNECT' } }],
  ['WebSocket API', { requestContext: { connectionId: 'a=' } }],
  ['REST API, TOKEN authorizer', { type: 'TOKEN', authorizationToken: 'Bearer x', methodArn: 'arn' }],
  ['an event without a usable methodArn', { ...requestEvent(), methodArn: '*' }],
  ['an event without a usable methodArn', { Records: [] }],
  ['an event without a usable methodArn', { type: 'request', version: '3.0', requestContext: null }],
  ['an event without a usable methodArn', {}],
  ['an event without a usable methodArn', []],
  ['an event without a usable methodArn', null],
  ['an event without a usable methodArn', undefined],
  ['an event without a usable methodArn', 'REQUEST'],
])('describes the event of the kind: %s (%#)', (received, event) => {
  expect(describeEvent(event)).toStrictEqual({ received, supported: 'REST API, REQUEST authorizer' });
});

test('quotes nothing of the event', () => {
  const secret = 'secret-value';
  const event = { type: secret, version: secret, methodArn: secret, requestContext: { [secret]: secret } };
  expect(JSON.stringify(describeEvent(event))).not.toContain(secret);
});
