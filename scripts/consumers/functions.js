// The functions of the app that `cdk init` makes, as plain JavaScript.
import { json, withCaller } from 'authaction-aws/handler';
import { items as routes } from '../lib/routes';

export const news = async () => json(200, { news: 'none' });
export const items = withCaller(routes, async ({ sub }) => json(200, { sub }));
