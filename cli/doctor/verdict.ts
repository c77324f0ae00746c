import type { LogLine } from '../../lambdas/authorizer/log';
import type { Reason } from '../../lambdas/authorizer/reasons';
import { createAuthorizer } from '../../lambdas/authorizer/rest-api';
import { parseJwt } from '../../lambdas/authorizer/token/form';
import { scopesOf } from '../../lambdas/authorizer/token/scopes';
import type { Route } from '../../lambdas/routes';
import { requiredScopes } from '../../lambdas/shared/access';
import { quote } from '../../terminal/quote';
import { advice } from './advice';
import { type Check, pass, type Section } from './report';
import type { TokenExaminer } from './token-checks';

/** What the authorizer decides for one route, and the status a caller of the API sees. */
export interface Verdict {
  readonly route: Route;
  readonly status: 200 | 401 | 403 | 500 | 503;
  readonly reason?: Reason | 'internal_error';
}

/** A method ARN like those of API Gateway; the decision does not depend on which API it is. */
const STAGE = 'arn:aws:execute-api:eu-central-1:000000000000:doctor/doctor/';

/** Asks the authorizer itself about every route that needs a token, and reads its answer off its own log line. */
export async function verdicts(
  token: string,
  routes: readonly Route[],
  examiner: TokenExaminer,
): Promise<readonly Verdict[]> {
  const lines: LogLine[] = [];
  const authorize = createAuthorizer({
    ...examiner,
    config: { ...examiner.config, allowLogRate: 1 },
    routes,
    log: (_level, line) => lines.push(line),
    random: () => 0,
  });
  const answers: Verdict[] = [];
  for (const route of routes.filter(({ access }) => access !== 'public')) {
    const { method, path } = route;
    const headers = { Authorization: `Bearer ${token}` };
    await authorize({ methodArn: `${STAGE}${method}${path}`, resource: path, httpMethod: method, headers }).catch(
      () => undefined, // its log line says why
    );
    answers.push(verdict(route, lines.at(-1)));
  }
  return answers;
}

function verdict(route: Route, line: LogLine | undefined): Verdict {
  const reason = line?.reason as Reason | 'internal_error' | undefined;
  switch (line?.decision) {
    case 'allow':
      return { route, status: 200 };
    case 'forbid':
      return { route, status: 403, ...(reason && { reason }) };
    case 'refuse':
      return { route, status: 401, ...(reason && { reason }) };
    default:
      return { route, status: reason === 'keys_unavailable' ? 503 : 500, ...(reason && { reason }) };
  }
}

/** The verdicts for people: one line when the token itself is refused, else one line per route. */
export function verdictSection(token: string, found: readonly Verdict[], scopeClaim: string): Section {
  const title = 'Decision';
  const [first] = found;
  if (first === undefined) return { title, checks: [pass('routes', 'no route needs a token')] };
  if (first.status !== 200 && first.status !== 403) {
    const reason = first.reason ?? 'internal_error';
    const detail = `callers get ${first.status}, the log says ${reason}`;
    // What to do is said once, at the check that failed.
    const more = reason === 'internal_error' ? adviceFor(reason) : { reason };
    return { title, checks: [{ name: 'refused', status: 'fail', detail, ...more }] };
  }
  const jwt = parseJwt(token);
  const scopes = jwt.ok ? scopesOf(jwt.value.unverifiedClaims, scopeClaim) : [];
  const isUseless = found.every(({ status }) => status !== 200);
  return {
    title,
    checks: [
      pass('token', `good; scopes ${scopes.length > 0 ? scopes.map(quote).join(' ') : 'none'}`),
      ...found.map((each) => routeCheck(each, scopes, isUseless)),
    ],
  };
}

function routeCheck({ route, status, reason }: Verdict, scopes: readonly string[], isUseless: boolean): Check {
  const name = `${route.method} ${route.path}`;
  if (status === 200) return pass(name, 'open to this token');
  const lacking = requiredScopes(route.access).filter((scope) => !scopes.includes(scope));
  const missing = lacking.length > 0 ? `, missing ${lacking.join(' ')}` : '';
  const detail = `callers get ${status}, the log says ${reason}${missing}`;
  return { name, status: isUseless ? 'fail' : 'warn', detail, ...(reason && adviceFor(reason)) };
}

const adviceFor = (reason: Reason | 'internal_error') =>
  reason === 'internal_error'
    ? { advice: 'This is a defect of the authorizer: please report it.' }
    : { advice: advice[reason], reason };
