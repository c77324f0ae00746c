import { json, withCaller } from 'authaction-aws/handler';
import routes from '../authorizer/routes.json' with { type: 'json' };

export const handler = withCaller(routes, ({ sub }) => json(200, { sub }));
