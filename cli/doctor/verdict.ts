import { decide } from '../../lambdas/authorizer/decide';
import type { Decision, Outcome } from '../../lambdas/authorizer/decision';
import { scopesOf } from '../../lambdas/authorizer/token/claims';
import { parseJwt } from '../../lambdas/authorizer/token/form';
import type { JsonObject } from '../../lambdas/shared/json';
import { type Route, requiredScopes } from '../../lambdas/shared/route-table';
import { quote } from '../../terminal/quote';
import { advice } from './advice';
import { type Check, failReason, pass, type Section } from './report';
import { scopeClue } from './scope-clues';
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

/**
 * The verdicts for people: one line when the token itself is refused, else one line per route.
 *
 * @param hasCause whether a check of the token has failed. What to do is said once, there.
 */
export function verdictSection(
  token: string,
  found: readonly Verdict[],
  scopeClaim: string,
  hasCause: boolean,
): Section {
  const title = 'Decision';
  const [first] = found;
  if (first === undefined) return { title, checks: [pass('routes', 'no route needs a token')] };
  const { decision } = first;
  if (decision.outcome === 'refuse' || decision.outcome === 'fail') {
    const { reason } = decision;
    const detail = `callers get ${statusOf[decision.outcome]}, the log says ${reason}`;
    // The form was found good: only the verifier, which walks through every member, could not read the token.
    const { meaning, todo } = reason === 'malformed_token' && !hasCause ? TOO_DEEP : advice[reason];
    const more = hasCause ? { detail } : { detail: `${detail}. ${meaning}`, advice: todo };
    return { title, checks: [{ name: 'refused', status: 'fail', reason, ...more }] };
  }
  if (decision.outcome === 'forbid' && decision.reason === 'client_not_allowed') {
    const { meaning, todo } = advice[decision.reason];
    const detail = `callers get ${statusOf.forbid} for every route, the log says ${decision.reason}. ${meaning}`;
    return { title, checks: [failReason('client', decision.reason, detail, todo)] };
  }
  const jwt = parseJwt(token);
  const claims = jwt.ok ? jwt.value.unverifiedClaims : {};
  const scopes = scopesOf(claims, scopeClaim);
  const isUseless = found.every(({ decision: { outcome } }) => outcome !== 'allow');
  return {
    title,
    checks: [
      pass(
        'token',
        `good; scopes ${scopes.length > 0 ? scopes.map(quote).join(' ') : 'none'} (from ${quote(scopeClaim)})`,
      ),
      ...found.map((each) => routeCheck(each, claims, scopes, scopeClaim, isUseless)),
    ],
  };
}

const TOO_DEEP = {
  meaning: 'Its header or claims are nested too deeply to be read.',
  todo: 'Have the provider leave out the nested claim.',
};

function routeCheck(
  { route, decision }: Verdict,
  claims: JsonObject,
  scopes: readonly string[],
  scopeClaim: string,
  isUseless: boolean,
): Check {
  const name = `${route.method} ${route.path}`;
  if (decision.outcome === 'allow') return pass(name, 'open to this token');
  const { outcome, reason } = decision;
  const required = requiredScopes(route.access);
  const missing = required.filter((scope) => !scopes.includes(scope));
  const lacks = reason === 'insufficient_scope' && missing.length > 0;
  const clue = lacks ? scopeClue(claims, required, missing, scopeClaim) : undefined;
  const said = `callers get ${statusOf[outcome]}, the log says ${reason}`;
  const detail = `${said}${lacks ? `, missing ${missing.join(' ')}` : ''}${clue === undefined ? '' : `: ${clue.detail}`}`;
  // Scopes that the token has after all are a fault of the settings; scopes that it lacks may be meant so.
  const status = isUseless || clue !== undefined ? 'fail' : 'warn';
  return { name, status, detail, advice: clue?.todo ?? advice[reason].todo, reason };
}
