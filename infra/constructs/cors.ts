import { Token } from 'aws-cdk-lib';
import { type SettingProblem, settingsError } from '../problems';

/** Which pages of other origins may call the API, and what they may read of its answers. Named as in the CDK. */
export interface CorsProps {
  /**
   * Origins that browsers may call from, such as `https://app.example.com`, or `*` alone for every one.
   * @default ['*']
   */
  readonly allowOrigins?: readonly string[];
  /**
   * Response headers that pages may read besides `WWW-Authenticate`, `x-amzn-Remapped-WWW-Authenticate`, `Retry-After`,
   * `x-amzn-RequestId` and `x-amz-apigw-id`.
   * @default none
   */
  readonly exposeHeaders?: readonly string[];
  /**
   * Whether pages may send cookies along (`credentials: 'include'`). Access tokens do not need it. Origins must be listed.
   * @default false
   */
  readonly allowCredentials?: boolean;
}

/** The CORS props with their defaults. */
export type Cors = Required<CorsProps>;

/**
 * Completes and checks the CORS props.
 *
 * @throws ProblemsError with every problem, each under the name of its prop.
 */
export function corsOf({ allowOrigins = ['*'], exposeHeaders = [], allowCredentials = false }: CorsProps): Cors {
  const problems = [
    ...(areOrigins(allowOrigins)
      ? []
      : [{ setting: 'allowOrigins', text: isUnknown(allowOrigins) ? UNKNOWN : `is not ${EXPECTED_ORIGINS}` }]),
    ...headerNameProblems('exposeHeaders', exposeHeaders, allowCredentials),
    ...(typeof allowCredentials === 'boolean'
      ? []
      : [{ setting: 'allowCredentials', text: 'is neither true nor false' }]),
    ...(allowCredentials && allowOrigins.includes('*') ? [{ setting: 'allowCredentials', text: NEEDS_ORIGINS }] : []),
  ];
  if (problems.length > 0) throw settingsError(problems, 'The props cannot be used');
  return { allowOrigins, exposeHeaders, allowCredentials };
}

/** A list whose entries are known at deployment only. */
const isUnknown = (list: readonly string[]): boolean =>
  Token.isUnresolved(list) || (Array.isArray(list) && list.some((entry) => Token.isUnresolved(entry)));

const UNKNOWN = 'is only known when the stack is deployed, but is checked at synth: give plain strings';

export const EXPECTED_ORIGINS = '* or a list of origins such as https://app.example.com, without a path';
export const EXPECTED_HEADER_NAMES = 'a list of header names';
/** Fetch, "CORS protocol and credentials". */
export const NEEDS_ORIGINS = 'needs origins that are listed: browsers accept no * with credentials';
export const NEEDS_HEADER_NAMES =
  'needs names instead of *: with credentials, browsers take * for the name of a header';

/** Whether a list names origins as browsers send them, or `*` alone. */
export const areOrigins = (origins: readonly string[]): boolean =>
  Array.isArray(origins) &&
  (origins.length === 1
    ? isOrigin(origins[0] as string, ['*'])
    : origins.length > 0 && origins.every((origin) => isOrigin(origin)));

/**
 * Whether a string is an origin as browsers write it (Fetch, "serialize an origin"): scheme and host in lower case, a port
 * only where it is not the scheme's own, nothing after it. It has no character that would end a quoted string of a template.
 */
function isOrigin(origin: string, others: readonly string[] = []): boolean {
  if (Token.isUnresolved(origin) || others.includes(origin)) return true;
  if (!/^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._:[\]-]+$/.test(origin)) return false;
  return !/^https?:/.test(origin) || (URL.canParse(origin) && new URL(origin).origin === origin);
}

/** RFC 9110 5.1, without the apostrophe, which would end a quoted string of a template. */
export const areHeaderNames = (names: readonly string[]): boolean =>
  Array.isArray(names) && names.every((name) => typeof name === 'string' && /^[\w!#$%&*+.^`|~-]+$/.test(name));

/** @returns the problem of a prop that is no list of header names, or holds a `*` that means nothing. */
export function headerNameProblems(
  prop: string,
  names: readonly string[],
  allowCredentials = false,
): readonly SettingProblem[] {
  if (!areHeaderNames(names)) {
    return [{ setting: prop, text: isUnknown(names) ? UNKNOWN : `is not ${EXPECTED_HEADER_NAMES}` }];
  }
  return allowCredentials && names.includes('*') ? [{ setting: prop, text: NEEDS_HEADER_NAMES }] : [];
}

/**
 * The environment of a handler whose answers `json` and `withCaller` write: it says which origins may call, and what they
 * may read. `ProtectedApi` sets it on the handlers that it makes.
 *
 * @throws ProblemsError with every problem, each under the name of its prop.
 * @example
 * const cors = { allowOrigins: ['https://app.example.com', 'https://admin.example.com'] };
 * new Function(this, 'Orders', { runtime, handler, code, environment: corsEnvironment(cors) });
 */
export function corsEnvironment(props: CorsProps): Record<string, string> {
  const { allowOrigins, exposeHeaders, allowCredentials } = corsOf(props);
  return {
    CORS_ALLOW_ORIGIN: allowOrigins.join(','),
    CORS_EXPOSE_HEADERS: exposeHeaders.join(','),
    CORS_ALLOW_CREDENTIALS: allowCredentials ? 'true' : '',
  };
}
