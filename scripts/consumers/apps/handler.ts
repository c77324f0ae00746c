import { json, withCaller } from 'authaction-aws/handler';
import { orders } from './routes.js';

export const handler = withCaller(orders, ({ sub }) => json(200, { sub }));
