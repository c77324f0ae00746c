import { readFileSync } from 'node:fs';
import { type HttpAnswer, httpRequest } from '../../../client/http-request';

export type Answer = Omit<HttpAnswer, 'body'> & { readonly body: Record<string, unknown> };

/** One HTTPS request that trusts the certificate of one file, with full checks; the answer is JSON. */
export async function httpsJson(
  url: string,
  caFile: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const answer = await httpRequest({ url, ca: readFileSync(caFile, 'utf8'), ...options });
  return { ...answer, body: JSON.parse(answer.body) as Record<string, unknown> };
}
