import { type JsonObject, membersOf } from '../shared/json';

/** Kinds of events that reach an authorizer by mistake, by what only they have. */
const foreignKinds: readonly (readonly [
  kind: string,
  isOfKind: (event: JsonObject, context: JsonObject) => boolean,
])[] = [
  ['HTTP API, payload 2.0', (event) => event.version === '2.0'],
  ['HTTP API, payload 1.0', (event) => event.version === '1.0'],
  ['Application Load Balancer', (_event, context) => 'elb' in context],
  ['WebSocket API', (_event, context) => 'connectionId' in context || 'eventType' in context],
  ['REST API, TOKEN authorizer', (event) => event.type === 'TOKEN'],
];

/** The foreign kind of an event that may look like a REST API's, if it is one. */
export function foreignKind(event: unknown): string | undefined {
  const outer = membersOf(event);
  const context = membersOf(outer.requestContext);
  return foreignKinds.find(([, isOfKind]) => isOfKind(outer, context))?.[0];
}

/** What the log says of an event that is not supported. Quotes nothing of the event. */
export function describeEvent(event: unknown): { readonly received: string; readonly supported: string } {
  const received = foreignKind(event) ?? 'an event without a usable methodArn';
  return { received, supported: 'REST API, REQUEST authorizer' };
}
