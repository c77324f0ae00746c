import { withCaller } from 'authaction-aws/handler';
import { routes } from './routes.js';

export const handler = withCaller(routes, async () => ({ statusCode: 200, body: '[]' }));
