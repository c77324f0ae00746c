import { request as http } from 'node:http';
import { request as https } from 'node:https';

export interface ApiAnswer {
  /** Of the request. */
  readonly method: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed, where it is JSON; `undefined` when there is none. */
  readonly body: unknown;
}

/**
 * One request, exactly as given: unlike with `fetch`, a header may come twice and a path is left alone.
 *
 * @param headers as `[name, value, name, value, …]`.
 */
export function call(
  url: string,
  path: string,
  { method = 'GET', headers = [] }: { method?: string; headers?: readonly string[] } = {},
): Promise<ApiAnswer> {
  const { protocol, hostname, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = (protocol === 'https:' ? https : http)(
      {
        agent: false, // a connection that is kept may be closed while a test makes a key
        hostname,
        port,
        method,
        path: `${pathname.replace(/\/$/, '')}${path}`,
        headers: ['Host', hostname, ...headers],
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({
            method,
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: parse(text, response.headers['content-type']),
          }),
        );
      },
    );
    request.on('error', reject).end();
  });
}

function parse(text: string, type = ''): unknown {
  if (text === '') return undefined;
  return /[/+]json\b/.test(type) ? JSON.parse(text) : text;
}
