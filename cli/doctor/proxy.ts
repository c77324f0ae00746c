import { environmentProxy } from '../../client/http-request';
import { quote } from '../../terminal/quote';
import { type Check, pass, warn } from './report';

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy of the environment for one host, and whether Node uses it. */
export interface ProxyState {
  readonly isUsed: boolean;
  /** The check, where a proxy is configured at all. */
  readonly check?: Check;
  /** A sentence for the failures that an unused proxy explains. */
  readonly explanation?: { readonly detail: string; readonly todo: string };
}

/**
 * Whether requests to a host go through the proxy of `HTTPS_PROXY`. Node's agent says whether Node uses these settings:
 * with `NODE_USE_ENV_PROXY=1`, in versions that support it (nodejs.org/api/http.html#built-in-proxy-support).
 */
export function examineProxy(
  env: Environment,
  hostname: string,
  port: number,
  isSupported = environmentProxy() !== undefined,
  version = process.version,
): ProxyState {
  const name = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].find((variable) => env[variable]);
  if (name === undefined) return { isUsed: false };
  const proxy = hostOf(env[name] ?? '');
  const configured = `${name} names ${proxy}`;
  if (isExempt(env.no_proxy || env.NO_PROXY || '', hostname, port)) {
    return { isUsed: false, check: pass('proxy', `${configured}; NO_PROXY exempts ${hostname}`) };
  }
  if (/all_proxy/i.test(name)) {
    const ignored = {
      detail: `${configured}, but Node reads HTTPS_PROXY only`,
      todo: 'Set HTTPS_PROXY to this proxy, and NODE_USE_ENV_PROXY=1.',
    };
    return { isUsed: false, check: warn('proxy', ignored.detail, ignored.todo), explanation: ignored };
  }
  if (isSupported) {
    return {
      isUsed: true,
      check: pass('proxy', `${configured}; it is used, by NODE_USE_ENV_PROXY and Node ${version}`),
    };
  }
  const isSwitchedOn = env.NODE_USE_ENV_PROXY === '1';
  const why = isSwitchedOn ? `Node ${version} does not support that` : 'NODE_USE_ENV_PROXY is not 1';
  const detail = `${configured}, but it is not used: ${why}`;
  const todo = isSwitchedOn
    ? 'Use Node 24 here and in the function: older ones ignore NODE_USE_ENV_PROXY.'
    : 'Set NODE_USE_ENV_PROXY=1 here and in the function, with Node 24; unset the proxy if it is not meant for this host.';
  return { isUsed: false, check: warn('proxy', detail, todo), explanation: { detail, todo } };
}

/** Host and port of the proxy: its address may hold a password. */
function hostOf(url: string): string {
  const address = url.includes('://') ? url : `http://${url}`;
  return URL.canParse(address) ? quote(new URL(address).host) : 'no address';
}

/** `*`, a host, a domain with a leading dot or its subdomains with `*.`, each with or without a port, as in Node 24. */
function isExempt(list: string, hostname: string, port: number): boolean {
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => {
      const [host = '', ofPort] = entry.startsWith('[') ? [entry] : entry.split(':');
      if (host === '*') return true;
      if (ofPort !== undefined && ofPort !== String(port)) return false;
      const domain = host.replace(/^\*?\./, '');
      const isItself = hostname === domain && !host.startsWith('*.');
      return domain !== '' && (isItself || (domain !== host && hostname.endsWith(`.${domain}`)));
    });
}
