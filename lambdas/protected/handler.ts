import { routes } from '../routes';
import { withCaller } from '../shared/caller';
import { json } from '../shared/http';

/** `GET /protected`: for every caller with a valid access token. */
export const handler = withCaller(routes, ({ sub }) => json(200, { message: 'This is a protected message!', sub }));
