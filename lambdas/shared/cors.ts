import { exposedHeaders } from './answers';
import type { ProxyEvent, ProxyResult } from './proxy-event';

type Headers = Readonly<Record<string, string>>;
type Request = Pick<ProxyEvent, 'headers'>;

/**
 * What browsers may do with a handler's answers (Fetch, "CORS protocol"), from three environment variables that the stack
 * sets: `CORS_ALLOW_ORIGIN`, origins separated by commas, or `*` as without it; `CORS_EXPOSE_HEADERS`, further response
 * headers that pages may read, separated by commas; `CORS_ALLOW_CREDENTIALS`, `true` or nothing.
 */
export function createCors(env: Readonly<Record<string, string | undefined>>) {
  const [first = '*', ...others] = (env.CORS_ALLOW_ORIGIN || '*').split(',');
  const exposed = [...exposedHeaders, ...(env.CORS_EXPOSE_HEADERS || '').split(',')].filter((name) => name !== '');
  const headers: Headers = {
    'Access-Control-Expose-Headers': exposed.join(','),
    ...(others.length > 0 ? { Vary: 'Origin' } : {}),
    ...(env.CORS_ALLOW_CREDENTIALS === 'true' ? { 'Access-Control-Allow-Credentials': 'true' } : {}),
  };

  function allowedOrigin(event: Request | undefined): string {
    const origin = originOf(event);
    return others.find((other) => other === origin) ?? first;
  }

  return {
    corsHeaders: (event?: Request): Headers => ({ [ALLOW_ORIGIN]: allowedOrigin(event), ...headers }),
    allowOrigin(event: Request, result: ProxyResult): ProxyResult {
      if (result?.headers?.[ALLOW_ORIGIN] !== first) return result; // a handler may have forgotten to answer
      return { ...result, headers: { ...result.headers, [ALLOW_ORIGIN]: allowedOrigin(event) } };
    },
  };
}

const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';

/** The request's `Origin`. An event made by hand may have no headers. */
function originOf(event: Request | undefined): string | undefined {
  return Object.entries(event?.headers ?? {}).find(([name]) => name.toLowerCase() === 'origin')?.[1];
}

const cors = createCors(process.env); // the one place where a handler reads its environment

/**
 * The CORS headers of an answer: the caller's origin where it is one of several that are allowed, else the first of them.
 * `json` adds them for the first; in a handler without `withCaller` that several origins may call, hand them to it.
 *
 * @example
 * export const handler = async (event: ProxyEvent) => json(200, { news: [] }, corsHeaders(event));
 */
export const corsHeaders: (event?: Pick<ProxyEvent, 'headers'>) => Readonly<Record<string, string>> = cors.corsHeaders;

/** An answer of `json` with the caller's origin, where it is one of several that are allowed. */
export const allowOrigin: (event: ProxyEvent, result: ProxyResult) => ProxyResult = cors.allowOrigin;
