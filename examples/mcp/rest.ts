import { json, withCaller } from 'authaction-aws/handler';
import { customers, orders } from './data.js';
import { routes } from './routes.js';

export const handler = withCaller(routes, (_caller, { resource }) =>
  json(200, resource === '/orders' ? { orders } : { customers }),
);
