import { answer, type RequestEvent } from './answer';

/** A limit: answers without a look at the token. */
export const handler = async (event: RequestEvent) => answer(event, 'nobody');
