import { withCaller } from 'authaction-aws/handler';
import { routes } from './routes.js';

export const handler = withCaller(routes, async () => {
  return { statusCode: 200, body: JSON.stringify({ message: 'Hello' }) };
});
