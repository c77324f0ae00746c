import { withCaller } from 'authaction-aws/handler';
import { routesFromOpenApi } from 'authaction-aws/routes';
import { document } from './document.js';

export const handler = withCaller(routesFromOpenApi(document()), async () => ({ statusCode: 200, body: '[]' }));
