import { routes } from '../routes';
import { withCaller } from '../shared/caller';
import { json } from '../shared/http';

/** `GET /scoped`: for access tokens that carry the scopes the route table requires. */
export const handler = withCaller(routes, ({ sub, scopes }) =>
  json(200, { message: 'This is a scoped message!', sub, scope: scopes.join(' ') }),
);
