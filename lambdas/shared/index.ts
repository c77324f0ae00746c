/** What handlers import: `authaction-aws/handler`. */
export { type Caller, type CallerHandler, withCaller } from './caller';
export type { ClaimKind, ClaimKinds, ClaimValue, ClaimValues } from './claim-kinds';
export { corsHeaders } from './cors';
export { json } from './http';
export type { Principal } from './principal';
export type { ProxyEvent, ProxyResult } from './proxy-event';
