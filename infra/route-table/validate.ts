import { isScopeToken } from '../../lambdas/authorizer/token/claims';
import { httpMethods, type Route } from '../../lambdas/shared/route-table';
import { ProblemsError } from '../problems';
import { expressionProblems } from './policy-problems';
import { describeProblem, nameOf, type PathFault, type TableProblem } from './problem';

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
 * @throws ProblemsError with every {@link TableProblem}; each names the routes and says what to do.
 */
export function validateRoutes(routes: readonly Route[], options: ValidationOptions): void {
  const problems = routeTableProblems(routes, options);
  if (problems.length > 0) throw tableError(problems);
}

/** The error that lists problems of a table as sentences. */
export const tableError = (problems: readonly TableProblem[]): ProblemsError<TableProblem> =>
  new ProblemsError('The route table cannot be used', problems, describeProblem);

/** What {@link validateRoutes} would throw. */
export function routeTableProblems(routes: readonly Route[], { handlers, stage }: ValidationOptions): TableProblem[] {
  if (!Array.isArray(routes)) return [{ kind: 'empty', routes: [] }]; // without the types' help
  const problems: TableProblem[] = [
    ...(routes.length === 0 ? [{ kind: 'empty', routes: [] } as const] : []),
    ...routes.flatMap((route) => rowProblems(route, handlers)),
    ...duplicateProblems(routes),
    ...siblingProblems(routes),
  ];
  // Policies are made of the rows; they are only looked at when each row makes sense.
  return problems.length > 0 ? problems : expressionProblems(routes, stage);
}

const FIELDS = ['method', 'path', 'handler', 'access'];

/** What is wrong with one row. It may have been cast or built by a script, so the types are not relied on. */
function rowProblems(route: Route, handlers: readonly string[]): TableProblem[] {
  const { method, path, handler, access } = route;
  const routes = [nameOf(route)];
  const problems: TableProblem[] = [];
  if (![...httpMethods, 'ANY'].includes(method)) problems.push({ kind: 'method', routes });
  problems.push(...pathFaults(path).map((fault): TableProblem => ({ kind: 'path', routes, path, fault })));
  if (!handlers.includes(handler)) problems.push({ kind: 'handler', routes, handler, handlers });
  problems.push(...accessProblems(access, routes));
  const fields = Object.keys(route).filter((field) => !FIELDS.includes(field));
  if (fields.length > 0) problems.push({ kind: 'fields', routes, fields });
  return problems;
}

/** What API Gateway takes as a literal segment, less what clients resolve by themselves (`.` and `..`) and `:id`. */
const LITERAL = /^(?!\.{1,2}$)[A-Za-z0-9._-][A-Za-z0-9._:-]*$/;
const VARIABLE = /^\{[A-Za-z0-9._-]+\+?\}$/;

/** API Gateway answers these itself on custom domains ("Amazon API Gateway important notes"). */
const RESERVED = ['/ping', '/sping'];

function pathFaults(path: string): PathFault[] {
  if (path === '/') return [];
  if (!path.startsWith('/')) return [{ is: 'relative' }];
  if (RESERVED.includes(path)) return [{ is: 'reserved' }];
  const segments = path.slice(1).split('/');
  const faults: PathFault[] = [];
  for (const segment of segments) {
    if (segment === '') faults.push({ is: 'empty-segment' });
    else if (!LITERAL.test(segment) && !VARIABLE.test(segment)) faults.push({ is: 'segment', segment });
  }
  const greedy = segments.slice(0, -1).find((segment) => segment.endsWith('+}'));
  if (greedy !== undefined) faults.push({ is: 'greedy-inside', segment: greedy });
  const names = segments.filter((segment) => VARIABLE.test(segment)).map(variableName);
  if (new Set(names).size < names.length) faults.push({ is: 'repeated-variable' });
  return faults;
}

const variableName = (segment: string): string => segment.replace(/[{}+]/g, '');

function accessProblems(access: Route['access'], routes: readonly string[]): TableProblem[] {
  if (access === 'public' || access === 'token') return [];
  const scopes: unknown = typeof access === 'object' && access !== null ? access.scopes : undefined;
  if (!Array.isArray(scopes) || Object.keys(access).length > 1) return [{ kind: 'access', routes }];
  if (scopes.length === 0) return [{ kind: 'no-scopes', routes }];
  return scopes.filter((scope) => !isScopeToken(scope)).map((scope: unknown) => ({ kind: 'scope', routes, scope }));
}

function duplicateProblems(routes: readonly Route[]): TableProblem[] {
  const names = routes.map(nameOf);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) < index));
  return [...repeated].map((name) => ({ kind: 'duplicate', routes: [name] }));
}

/** API Gateway allows one variable below a parent, whatever the methods: `/items/{id}` and `/items/{name}` collide. */
function siblingProblems(routes: readonly Route[]): TableProblem[] {
  const problems: TableProblem[] = [];
  const first = new Map<string, { readonly variable: string; readonly route: Route }>();
  for (const route of routes) {
    const segments = route.path.split('/');
    for (const [index, variable] of segments.entries()) {
      if (!VARIABLE.test(variable)) continue;
      const parent = segments.slice(0, index).join('/') || '/';
      const known = first.get(parent);
      if (known === undefined) first.set(parent, { variable, route });
      else if (known.variable !== variable) {
        problems.push({
          kind: 'variables',
          routes: [nameOf(known.route), nameOf(route)],
          path: parent,
          variables: [known.variable, variable],
        });
      }
    }
  }
  return problems;
}
