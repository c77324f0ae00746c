import { decide } from '../../lambdas/authorizer/decide';
import type { Decision, Outcome } from '../../lambdas/authorizer/decision';
import { scopesOf } from '../../lambdas/authorizer/token/claims';
import { parseJwt } from '../../lambdas/authorizer/token/form';
import { type Route, requiredScopes } from '../../lambdas/shared/route-table';
import { quote } from '../../terminal/quote';
import { advice } from './advice';
import { type Check, pass, type Section } from './report';
import type { TokenExaminer } from './token-checks';

/** What the authorizer decides for one route. */
export interface Verdict {
  readonly route: Route;
  readonly decision: Decision;
}

/** Status that a caller of the API sees, by outcome. */
export const statusOf = { allow: 200, refuse: 401, forbid: 403, fail: 503 } as const satisfies Record<Outcome, number>;

/** Asks the authorizer itself about every route that needs a token. */
export async function verdicts(
  token: string,
  routes: readonly Route[],
  examiner: TokenExaminer,
): Promise<readonly Verdict[]> {
  const found: Verdict[] = [];
  for (const route of routes.filter(({ access }) => access !== 'public')) {
    const headers = { Authorization: `Bearer ${token}` };
    found.push({ route, decision: await decide(examiner, { headers, sourceIp: '', route }) });
  }
  return found;
}

/** The verdicts for people: one line when the token itself is refused, else one line per route. */
export function verdictSection(token: string, found: readonly Verdict[], scopeClaim: string): Section {
  const title = 'Decision';
  const [first] = found;
  if (first === undefined) return { title, checks: [pass('routes', 'no route needs a token')] };
  const { decision } = first;
  if (decision.outcome === 'refuse' || decision.outcome === 'fail') {
    const { reason } = decision;
    const detail = `callers get ${statusOf[decision.outcome]}, the log says ${reason}`;
    // What to do is said once, at the check that failed.
    const more = reason === 'internal_error' ? { advice: advice[reason], reason } : { reason };
    return { title, checks: [{ name: 'refused', status: 'fail', detail, ...more }] };
  }
  const jwt = parseJwt(token);
  const scopes = jwt.ok ? scopesOf(jwt.value.unverifiedClaims, scopeClaim) : [];
  const isUseless = found.every(({ decision: { outcome } }) => outcome !== 'allow');
  return {
    title,
    checks: [
      pass('token', `good; scopes ${scopes.length > 0 ? scopes.map(quote).join(' ') : 'none'}`),
      ...found.map((each) => routeCheck(each, scopes, isUseless)),
    ],
  };
}

function routeCheck({ route, decision }: Verdict, scopes: readonly string[], isUseless: boolean): Check {
  const name = `${route.method} ${route.path}`;
  if (decision.outcome === 'allow') return pass(name, 'open to this token');
  const { outcome, reason } = decision;
  const lacking = requiredScopes(route.access).filter((scope) => !scopes.includes(scope));
  const missing = lacking.length > 0 ? `, missing ${lacking.join(' ')}` : '';
  const detail = `callers get ${statusOf[outcome]}, the log says ${reason}${missing}`;
  return { name, status: isUseless ? 'fail' : 'warn', detail, advice: advice[reason], reason };
}
