/** What handlers import: `authaction-aws/handler`. */
export { type CallerHandler, withCaller } from './caller';
export { corsHeaders } from './cors';
export { json } from './http';
export type { Principal } from './principal';
export type { ProxyEvent, ProxyResult } from './proxy-event';
