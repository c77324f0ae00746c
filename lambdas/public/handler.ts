import { corsHeaders } from '../shared/cors';
import { json } from '../shared/http';
import type { ProxyEvent, ProxyResult } from '../shared/proxy-event';

/** `GET /public`: for every caller, with or without a token. */
export const handler = async (event: ProxyEvent): Promise<ProxyResult> =>
  json(200, { message: 'This is a public message!' }, corsHeaders(event));
