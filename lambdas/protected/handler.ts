import { withCaller } from '../shared/caller';
import { json } from '../shared/http';

/** `GET /protected`: for anybody with a valid access token. */
export const handler = withCaller(({ sub }) => json(200, { message: 'This is a protected message!', sub }));
