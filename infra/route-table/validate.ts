import { ProblemsError } from '../../lambdas/authorizer/problems';
import { isScopeToken } from '../../lambdas/authorizer/token/claims';
import { httpMethods, type Route } from '../../lambdas/shared/route-table';
import { expressionProblems } from './policy-problems';

export interface ValidationOptions {
  /** The names that `handler` may have. */
  readonly handlers: readonly string[];
  /** Name of the API's stage: it is part of every resource of a policy. */
  readonly stage: string;
}

/**
 * Checks a route table before anything is built from it: what the types cannot say, what API Gateway would refuse in
 * the middle of a deployment, and what no cached policy could keep apart.
 *
 * @throws ProblemsError with every problem; each names the routes and says what to do.
 */
export function validateRoutes(routes: readonly Route[], options: ValidationOptions): void {
  const problems = routeTableProblems(routes, options);
  if (problems.length > 0) throw new ProblemsError('The route table cannot be used', problems, (problem) => problem);
}

/** What {@link validateRoutes} would throw. */
export function routeTableProblems(routes: readonly Route[], { handlers, stage }: ValidationOptions): string[] {
  const problems = [
    ...(routes.length === 0 ? ['There is no route: add at least one.'] : []),
    ...routes.flatMap((route) => routeProblems(route, handlers)),
    ...duplicateProblems(routes),
    ...siblingProblems(routes),
  ];
  // Policies are made of the entries; they are only looked at when each entry makes sense.
  if (problems.length === 0) problems.push(...expressionProblems(routes, stage));
  return problems;
}

/** How a route is called in messages: `GET /items/{id}`. */
export const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

const FIELDS = ['method', 'path', 'handler', 'access'];

/** What is wrong with one entry. It may have been cast or built by a script, so the types are not relied on. */
function routeProblems(route: Route, handlers: readonly string[]): string[] {
  const problems: string[] = [];
  const { method, path, handler, access } = route;
  if (!httpMethods.includes(method)) problems.push(`the method is none of ${httpMethods.join(', ')}`);
  problems.push(...pathProblems(path));
  if (!handlers.includes(handler)) {
    problems.push(
      `the handler "${handler}" does not exist: add a function of that name, or use one of ${handlers.join(', ')}`,
    );
  }
  problems.push(...accessProblems(access));
  const unknown = Object.keys(route).filter((field) => !FIELDS.includes(field));
  if (unknown.length > 0) {
    problems.push(
      `${unknown.join(', ')} would be ignored: scopes belong into access: { scopes: […] }, nothing else exists`,
    );
  }
  return problems.map((problem) => `${nameOf(route)}: ${problem}.`);
}

/** What API Gateway takes as a literal segment, less what clients resolve by themselves (`.` and `..`). */
const LITERAL = /^(?!\.{1,2}$)[A-Za-z0-9._:-]+$/;
const VARIABLE = /^\{[A-Za-z0-9._-]+\+?\}$/;

function pathProblems(path: string): string[] {
  if (path === '/') return [];
  if (!path.startsWith('/')) return ['the path does not start with /'];
  const segments = path.slice(1).split('/');
  const problems: string[] = [];
  for (const segment of segments) {
    if (segment === '') problems.push('the path has an empty segment: remove the doubled or last /');
    else if (!LITERAL.test(segment) && !VARIABLE.test(segment)) {
      problems.push(
        `the segment "${segment}" is neither text of A-Z a-z 0-9 . _ : - nor one whole variable such as {id} or {path+}`,
      );
    }
  }
  const greedy = segments.slice(0, -1).find((segment) => segment.endsWith('+}'));
  if (greedy) problems.push(`${greedy} takes all that follows, so it must be the last segment`);
  const names = segments.filter((segment) => VARIABLE.test(segment)).map(variableName);
  if (new Set(names).size < names.length) problems.push('two variables of the path have the same name');
  return problems;
}

const variableName = (segment: string): string => segment.replace(/[{}+]/g, '');

function accessProblems(access: Route['access']): string[] {
  if (access === 'public' || access === 'token') return [];
  const scopes: unknown = typeof access === 'object' && access !== null ? access.scopes : undefined;
  if (!Array.isArray(scopes) || Object.keys(access).length > 1) {
    return ["access is none of 'public', 'token' and { scopes: ['…'] }"];
  }
  if (scopes.length === 0) return ["the list of scopes is empty: name one, or write access: 'token'"];
  return scopes
    .filter((scope) => !isScopeToken(scope))
    .map((scope) => `the scope ${JSON.stringify(scope)} cannot be in a token: no blanks, quotes or \\ (RFC 6749 3.3)`);
}

function duplicateProblems(routes: readonly Route[]): string[] {
  const names = routes.map(nameOf);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) < index));
  return [...repeated].map((name) => `${name} is in the table more than once: keep one of the entries.`);
}

/** API Gateway allows one variable below a parent, whatever the methods: `/items/{id}` and `/items/{name}` collide. */
function siblingProblems(routes: readonly Route[]): string[] {
  const problems: string[] = [];
  const first = new Map<string, { readonly variable: string; readonly route: Route }>();
  for (const route of routes) {
    const segments = route.path.split('/');
    for (const [index, variable] of segments.entries()) {
      if (!VARIABLE.test(variable)) continue;
      const parent = segments.slice(0, index).join('/') || '/';
      const known = first.get(parent);
      if (known === undefined) first.set(parent, { variable, route });
      else if (known.variable !== variable) {
        problems.push(
          `${nameOf(known.route)} and ${nameOf(route)}: API Gateway allows one variable below ${parent}, ` +
            `not ${known.variable} and ${variable}: use the same one in both.`,
        );
      }
    }
  }
  return problems;
}
