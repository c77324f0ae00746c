// The functions of the app that `cdk init` makes, as plain JavaScript.
import { json, withCaller } from 'authaction-aws/handler';
import { items as routes } from '../lib/routes';

export const news = async () => json(200, { news: 'none' });

/** Claims that every token has, of two kinds: without them, each call is answered 403. */
const claims = { iss: 'string', jti: 'string', iat: 'number' };
export const items = withCaller(routes, async ({ sub }) => json(200, { sub }), { claims });
