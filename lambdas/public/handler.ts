import { json } from '../shared/http';
import type { ProxyResult } from '../shared/proxy-event';

/** `GET /public`: for every caller, with or without a token. */
export const handler = async (): Promise<ProxyResult> => json(200, { message: 'This is a public message!' });
