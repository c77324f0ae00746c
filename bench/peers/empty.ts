import type { RequestEvent } from '../../lambdas/authorizer/rest-api';
import { answer } from './answer';

/** A limit: answers without a look at the token. */
export const handler = async (event: RequestEvent) => answer(event, 'nobody');
