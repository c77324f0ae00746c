import type { ConsoleRun } from '../../local/console/console';
import type { ConsoleAction, RouteView, RunView, Trace } from '../../local/console/view';

const RESOURCES = ['invoices', 'subscriptions', 'payment-methods', 'notification-preferences', 'audit-log'];

/** Thirty routes with long paths, path variables and several scopes. */
const routes: readonly RouteView[] = RESOURCES.flatMap((resource) => {
  const collection = `/v1/organizations/{organizationId}/customers/{customerId}/${resource}`;
  const scopes = (action: string): readonly string[] => [
    `${resource}:${action}`,
    `customers:read`,
    'organization:member',
  ];
  return [
    { method: 'GET', path: `/v1/${resource}`, access: 'public' },
    { method: 'GET', path: collection, access: scopes('read') },
    { method: 'POST', path: collection, access: scopes('write') },
    { method: 'GET', path: `${collection}/{id}`, access: scopes('read') },
    { method: 'PUT', path: `${collection}/{id}`, access: scopes('write') },
    { method: 'DELETE', path: `${collection}/{id}`, access: 'token' },
  ] as const;
});

const view: RunView = {
  apiUrl: 'http://127.0.0.1:3000',
  routes,
  issuer: {
    ...{ url: 'https://a-rather-long-tenant-name.eu-central-1.authaction.example.com', kind: 'tenant' },
    ...{ state: 'unreachable', problem: 'ENOTFOUND: there is no such host name: check its spelling' },
    keys: [{ kid: 'f744faec-90f1-4a1c-9c83-1e4dd0c25ac0', signs: false }],
  },
  cache: { ttlSeconds: 300, entries: 0 },
  revoked: '',
  tokens: 'any',
};

const path =
  '/v1/organizations/3f0c5a52-9a1e-4c55-b6f7-6a0a3d9a6a10/customers/customer-with-a-long-identifier/invoices';
const answered: Trace = {
  ...{ id: '1', startedAtMs: 1_700_000_000_000, method: 'GET', path, status: 200, statusText: 'OK', milliseconds: 42 },
  ...{ matched: true, decidedBy: 'authorizer', authorizerMilliseconds: 3.2 },
  decision: { outcome: 'allow', kid: 'f744faec-90f1-4a1c-9c83-1e4dd0c25ac0' },
  handler: { name: 'OrganizationCustomersInvoicesFunction', milliseconds: 31 },
  answer: {
    headers: [['Content-Type', 'application/json']],
    body: JSON.stringify({ invoices: Array.from({ length: 20 }, (_, index) => ({ id: index, paid: true })) }),
  },
  logs: ['authorizer INFO { "decision": "allow", "kid": "f744faec-90f1-4a1c-9c83-1e4dd0c25ac0" }'],
};

/** One request of each tone, the newest last. */
const traces: readonly Trace[] = [
  answered,
  {
    ...answered,
    ...{ id: '2', status: 403, statusText: 'Forbidden', milliseconds: 5.1 },
    decision: { outcome: 'forbid', reason: 'insufficient_scope' },
    answer: { headers: [['Content-Type', 'application/json']], body: '{"error":"Forbidden"}' },
    logs: ['authorizer INFO { "decision": "forbid", "reason": "insufficient_scope" }'],
  },
  {
    ...answered,
    ...{ id: '3', status: 503, statusText: 'Service Unavailable', milliseconds: 3010 },
    ...{ decision: { outcome: 'fail', reason: 'keys_unavailable' }, keyFetch: 'failed' },
    answer: { headers: [['Retry-After', '5']], body: '{"error":"Service Unavailable"}' },
    logs: ['authorizer ERROR { "decision": "fail", "reason": "keys_unavailable" }'],
  },
  {
    ...answered,
    ...{ id: '4', status: 502, statusText: 'Bad Gateway' },
    handler: {
      ...{ name: 'OrganizationCustomersInvoicesFunction', milliseconds: 4 },
      error: `TypeError: Cannot read properties of undefined (reading 'organizationId')\n    at handler (/home/me/project/lambdas/organizations/customers/invoices/handler.ts:17:55)`,
    },
    answer: { headers: [['Content-Type', 'application/json']], body: '{"message":"Internal server error"}' },
  },
];

/** A console's run of an API that is larger than the sample, with everything that may take room on the page. */
export function largeApi(): { readonly run: ConsoleRun; readonly actions: ConsoleAction[]; send(count: number): void } {
  const actions: ConsoleAction[] = [];
  const listeners = new Set<(trace?: Trace) => void>();
  return {
    actions,
    send(count) {
      for (const trace of traces.slice(0, count)) for (const listener of listeners) listener(trace);
    },
    run: {
      view: () => view,
      describe: () => ({}),
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      async perform(action) {
        actions.push(action);
        return action.action === 'token' ? { ok: true, token: 'header.payload.signature' } : { ok: true };
      },
    },
  };
}
