import { json, withCaller } from 'authaction-aws/handler';
import { routes } from './routes.js';

export const handler = withCaller(routes, async (_caller, event) => json(200, { id: event.pathParameters?.id }));
