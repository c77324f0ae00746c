import { connectionProblem } from '../../client/connection-problems';
import { type HttpAnswer, httpRequest } from '../../client/http-request';
import { membersOf } from '../../lambdas/shared/json';
import type { Route } from '../../lambdas/shared/route-table';
import { quote } from '../../terminal/quote';
import { type Check, fail, pass, type Section, skip, warn } from './report';
import { statusOf, type Verdict } from './verdict';

export interface ApiCalls {
  /** Address of the API's stage; routes are appended to its path. */
  readonly url: string;
  readonly routes: readonly Route[];
  /** With what the authorizer's code decides about it for each route that needs a token. */
  readonly token?: { readonly value: string; readonly verdicts: readonly Verdict[] } | undefined;
}

/**
 * Calls the deployed API without a token and, where there is one, with it, and compares each answer with what it should
 * be. Only `GET` and `HEAD` routes without path parameters are called: others may change something.
 */
export async function examineApi({ url, routes, token }: ApiCalls): Promise<Section> {
  const checks: Check[] = [];
  const base = url.replace(/\/+$/, '');
  for (const route of routes) {
    const { method, path, access } = route;
    const name = `${method} ${path}`;
    if ((method !== 'GET' && method !== 'HEAD') || path.includes('{')) {
      checks.push(skip(name, 'not called: it may change something, or needs a parameter'));
      continue;
    }
    const address = `${base}${path}`;
    checks.push(
      await call(`${name}, no token`, address, method, access === 'public' ? 'an answer of the handler' : 401),
    );
    if (token && access !== 'public') {
      const expected = token.verdicts.find((verdict) => verdict.route === route);
      checks.push(
        await call(
          `${name}, token`,
          address,
          method,
          expected ? statusOf[expected.decision.outcome] : 200,
          token.value,
        ),
      );
    }
  }
  const [first] = routes;
  if (first) checks.push(await preflight(`${base}${first.path}`));
  const hasFailed = checks.some(({ status }) => status === 'fail');
  return { title: `API at ${url}`, checks: [...(hasFailed ? addressChecks(base, routes) : []), ...checks] };
}

/** Paths are appended to the address, so one that ends with a route's path is likely that of the route. */
function addressChecks(base: string, routes: readonly Route[]): readonly Check[] {
  const route = routes.find(({ path }) => path !== '/' && base.endsWith(path));
  if (!route) return [];
  const stage = base.slice(0, -route.path.length);
  return [warn('address', `ends with the route ${route.path}`, `Give the address of the API: --url ${stage}`)];
}

async function call(name: string, url: string, method: string, expected: Expected, token?: string): Promise<Check> {
  try {
    const headers = { origin: ORIGIN, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    const answer = await httpRequest({ url, method, headers, cutsOff: true }); // handlers may answer up to 10 MB
    return judgeAnswer(name, answer, expected, token !== undefined);
  } catch (error) {
    return fail(name, connectionProblem(error), 'Check the address: it is the output ApiUrl of the stack.');
  }
}

/** As from a page of another origin, since an API may name the caller's origin in its answers. */
const ORIGIN = 'https://app.example.com';

/** A status, or any that a public handler may give: it may need a parameter, or redirect. */
type Expected = number | 'an answer of the handler';

/**
 * Says what an answer of the API means.
 *
 * @param expected what the route table, and the authorizer's code for the token, ask for.
 */
export function judgeAnswer(name: string, answer: HttpAnswer, expected: Expected, withToken: boolean): Check {
  const { status } = answer;
  const isExpected = typeof expected === 'number' ? status === expected : mayBeHandlers(status);
  const detail = `${status}: ${isExpected && mayBeHandlers(status) ? 'the handler answered' : meaning(answer, withToken)}`;
  // A 401 or 403 of another origin says nothing about the token.
  const isForeign = (status === 403 && (isUnknownRoute(answer) || !isOurs(answer))) || isForeign401(answer);
  if (!isExpected || isForeign) {
    return fail(
      name,
      `${detail}; expected ${expected}${isForeign && isExpected ? ' of this API' : ''}${requestId(answer)}`,
      whatToDo(answer, expected, withToken),
    );
  }
  if (answer.headers['access-control-allow-origin'] === undefined) {
    return warn(
      name,
      detail,
      'The answer has no CORS header: browsers hide it from pages of other origins. Deploy again; where gatewayResponses is none, add the header to yours.',
    );
  }
  return pass(name, detail);
}

/** Whether a status is none that API Gateway or the authorizer gives. */
const mayBeHandlers = (status: number): boolean => status < 500 && ![401, 403, 429].includes(status);

/** The id by which the line of this request is found in the authorizer's log. */
function requestId({ headers }: HttpAnswer): string {
  const id = headers['x-amz-apigw-id'];
  return typeof id === 'string' && /^[\w+/=-]{1,64}$/.test(id) ? `; x-amz-apigw-id ${id}` : '';
}

/** What a status, with what comes with it, says about who answered and why. */
function meaning(answer: HttpAnswer, withToken: boolean): string {
  const { status, headers } = answer;
  if (status === 200 && isWebPage(answer)) return 'a web page answered';
  if (status === 200) return 'the handler answered';
  if (isForeign401(answer)) return `refused, but not by the authorizer${errorType(answer)}`;
  if (status === 401) {
    return headers['x-amzn-remapped-www-authenticate'] === undefined
      ? `refused${withToken ? ' by the authorizer' : ', no token'}`
      : 'refused by the handler: the token expired after API Gateway had cached the decision';
  }
  if (status === 403 && isUnknownRoute(answer)) return 'API Gateway has no such route in this stage';
  if (status === 403 && !isOurs(answer)) return `refused by something other than this API${errorType(answer)}`;
  if (status === 403) return 'the token is good, but may not call this route';
  if (status === 413 || status === 414) return 'API Gateway refuses the request as too large';
  if (status === 429) return 'throttled';
  if (status === 503 && isOurs(answer)) return "the authorizer cannot fetch the provider's keys, or failed";
  if (status === 502 || status === 504) return 'a handler failed or took too long';
  if (status === 500 && /^authorizer/i.test(String(headers[ERROR_TYPE]))) return 'the authorizer failed or timed out';
  return status >= 500 ? `the API failed${errorType(answer)}` : 'not an answer of this API';
}

function whatToDo(answer: HttpAnswer, expected: Expected, withToken: boolean): string {
  const { status, headers } = answer;
  if (status === 200 && expected === 401 && isWebPage(answer)) {
    return 'If this page is not that of the handler, check the address: a site in front of the API may answer errors with its own page. If it is, the route is OPEN to every caller: deploy again.';
  }
  if (status === 200 && expected === 401 && !withToken) {
    return 'This route is OPEN to every caller. Deploy again, and check that its method has the authorizer.';
  }
  if (status === 200) {
    return 'API Gateway may still have a decision for this token cached; else the deployed settings differ from these (see Settings).';
  }
  if (status === 403 && isUnknownRoute(answer)) {
    return UNKNOWN_ROUTE;
  }
  if (status === 403 && !isOurs(answer)) return 'Look for a firewall (WAF), a resource policy or another API there.';
  if (isForeign401(answer)) {
    return 'Find out what answers at this address: a proxy or a login in front of the API, another API, or the handler itself.';
  }
  if (status === 401 && headers['x-amzn-remapped-www-authenticate'] !== undefined) return 'Get a new token.';
  if (status === 401 && !withToken)
    return 'A public route asks for a token: deploy again, its method must have no authorizer.';
  if (status === 401 || status === 403) {
    return "The deployed authorizer decides differently: compare the function's AUTHACTION_DOMAIN, AUTHACTION_AUDIENCE and AUTHACTION_REVOKED, and explain its log line with --from-log.";
  }
  if (status === 429) return 'Try again later, or raise the limits of the stage.';
  if (status === 503) return "Look for keys_fetch_failed in the authorizer's log: can the function reach the provider?";
  if (status === 500 && /^authorizer/i.test(String(headers[ERROR_TYPE]))) {
    return "Look into the authorizer's log; callers should get 503 here, so deploy the gateway responses again.";
  }
  if (status >= 500) return "Look into the handler's log, then the authorizer's.";
  return 'Check the address: it is the output ApiUrl of the stack.';
}

const UNKNOWN_ROUTE = 'The address must end with the stage, such as /dev; or the route is not deployed yet.';

/** API Gateway's name for the kind of an answer of its own. */
const ERROR_TYPE = 'x-amzn-errortype';

function errorType({ headers }: HttpAnswer): string {
  const type = headers[ERROR_TYPE];
  return type === undefined ? '' : ` (${quote(type)})`;
}

/**
 * An answer in this API's JSON shape, which the gateway responses and the handlers give; or what API Gateway itself says
 * where a policy of an authorizer refuses, as it does without those responses.
 */
function isOurs({ body }: HttpAnswer): boolean {
  try {
    const parsed: unknown = JSON.parse(body);
    const { error, message, Message } = membersOf(parsed);
    return (error !== undefined && message !== undefined) || REFUSED_BY_POLICY.test(String(message ?? Message));
  } catch {
    return false;
  }
}

const REFUSED_BY_POLICY =
  /^User is not authorized to access this resource( with an explicit deny( in an identity-based policy)?)?$/;

/**
 * A 401 that neither this API nor API Gateway gave. Where an app keeps gateway responses of its own, API Gateway's has
 * another body, and its name for it.
 */
const isForeign401 = (answer: HttpAnswer): boolean =>
  answer.status === 401 &&
  !isOurs(answer) &&
  answer.headers['x-amzn-remapped-www-authenticate'] === undefined &&
  answer.headers[ERROR_TYPE] !== 'UnauthorizedException';

const isWebPage = ({ headers }: HttpAnswer): boolean => /^text\/html\b/i.test(String(headers['content-type']));

/**
 * A route that API Gateway does not have, without and with an Authorization header: it takes the latter for a signature
 * of AWS's own (recorded on deployed APIs: serverless/serverless#3205, DataBiosphere/azul#7470).
 */
const isUnknownRoute = ({ headers, body }: HttpAnswer): boolean =>
  /^(?:MissingAuthenticationToken|IncompleteSignature|InvalidSignature)Exception/.test(String(headers[ERROR_TYPE])) ||
  /Missing Authentication Token|missing equal-sign|Authorization header requires/.test(body);

/** Browsers ask before they send an Authorization header (Fetch, CORS-preflight): that must work without a token. */
async function preflight(url: string): Promise<Check> {
  const name = 'OPTIONS, preflight';
  const headers = {
    origin: ORIGIN,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'authorization',
  };
  try {
    const answer = await httpRequest({ url, method: 'OPTIONS', headers });
    const allowed = String(answer.headers['access-control-allow-headers'] ?? '')
      .toLowerCase()
      .split(',')
      .map((header) => header.trim());
    const origin = answer.headers['access-control-allow-origin'];
    if (answer.status < 300 && allowed.includes('authorization') && origin !== undefined) {
      return pass(name, `${answer.status}: browsers at ${quote(origin)} may send a token`);
    }
    return fail(name, `${answer.status}: browsers may not send a token`, preflightTodo(answer, allowed));
  } catch (error) {
    return fail(name, connectionProblem(error), 'Check the address.');
  }
}

function preflightTodo(answer: HttpAnswer, allowed: readonly string[]): string {
  const { status } = answer;
  if (isUnknownRoute(answer)) return UNKNOWN_ROUTE;
  if (status < 300 && allowed.includes('*')) {
    return 'Name Authorization in Access-Control-Allow-Headers: * does not cover it (Fetch, CORS-preflight fetch).';
  }
  if (status === 500) {
    return 'Where binaryMediaTypes has */*, give the preflight contentHandling CONVERT_TO_TEXT; else see whether its template is right.';
  }
  if (status === 429 || status > 500) return whatToDo(answer, 204, false);
  return 'Deploy again; preflight must need no authorizer.';
}
