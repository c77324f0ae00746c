import { MAX_POLICY_LENGTH, MAX_RESOURCE_LENGTH } from '../../lambdas/authorizer/policy/policy';
import type { Route } from '../../lambdas/shared/route-table';
import { httpMethods } from '../../lambdas/shared/route-table';

/** What is wrong with a route table. `routes` are the names of the rows it is about, such as `GET /items/{id}`. */
export type TableProblem = { readonly routes: readonly string[] } & (
  | { readonly kind: 'empty' }
  | { readonly kind: 'method' }
  | { readonly kind: 'handler'; readonly handler: string; readonly handlers: readonly string[] }
  | { readonly kind: 'fields'; readonly fields: readonly string[] }
  | { readonly kind: 'access' }
  | { readonly kind: 'no-scopes' }
  | { readonly kind: 'scope'; readonly scope: unknown }
  | { readonly kind: 'path'; readonly path: string; readonly fault: PathFault }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'variables'; readonly path: string; readonly variables: readonly [string, string] }
  | ({ readonly kind: 'overlap' } & Overlap)
  | { readonly kind: 'resource-length' }
  | {
      readonly kind: 'policy-length';
      /** Scopes of a token whose policy is too long. */
      readonly scopes: readonly string[];
      /** Characters of its policy, and resources in it. */
      readonly length: number;
      readonly resources: number;
    }
  | {
      readonly kind: 'stack-resources';
      readonly methods: number;
      readonly paths: number;
      /** Resources that the stack has, and may have. */
      readonly resources: number;
      readonly limit: number;
    }
);

/** What is wrong with a path; `segment` is the part of it that is. */
export type PathFault =
  | { readonly is: 'relative' | 'empty-segment' | 'repeated-variable' | 'reserved' }
  | { readonly is: 'greedy-inside' | 'segment'; readonly segment: string };

/** Two routes, the closed one first, that no policy can keep apart for some token. */
export interface Overlap {
  /** Scopes of that token. */
  readonly scopes: readonly string[];
  /** The route that is allowed, and a path of the closed one that its resource matches. */
  readonly opener: Pick<Route, 'method' | 'path'>;
  readonly path: string;
  /** A path of the second route that the closed one's resource matches. */
  readonly deniedPath: string;
  /** The resources' paths, of the opener and of the closed route. */
  readonly resources: readonly [string, string];
}

/** How a route is called in messages: `GET /items/{id}`. */
export const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;

/** Says in one sentence or more what is wrong and what to do. */
export function describeProblem(problem: TableProblem): string {
  const [first = '', second = ''] = problem.routes;
  switch (problem.kind) {
    case 'empty':
      return 'There is no route: add at least one.';
    case 'method':
      return `${first}: the method is not one of ${[...httpMethods, 'ANY'].join(', ')}.`;
    case 'handler':
      return `${first}: the handler "${problem.handler}" does not exist: add a function of that name${problem.handlers.length > 0 ? `, or use one of ${problem.handlers.join(', ')}` : ''}.`;
    case 'fields':
      return `${first}: ${problem.fields.join(', ')} would be ignored: write scopes as access: { scopes: […] }, and remove the rest.`;
    case 'access':
      return `${first}: access is not 'public', 'token' or { scopes: ['…'] }.`;
    case 'no-scopes':
      return `${first}: the list of scopes is empty: name one, or write access: 'token'.`;
    case 'scope':
      return `${first}: the scope ${JSON.stringify(problem.scope)} cannot be in a token: no spaces, quotes or \\ (RFC 6749 3.3).`;
    case 'path':
      return `${first}: ${describeFault(problem.fault)}.`;
    case 'duplicate':
      return `${first} is in the table more than once: keep one of the rows.`;
    case 'variables':
      return (
        `${first} and ${second}: API Gateway allows one variable below ${problem.path}, ` +
        `not ${problem.variables.join(' and ')}: use the same one in both.`
      );
    case 'overlap':
      return describeOverlap(first, second, problem);
    case 'resource-length':
      return `${first}: its ARN would be longer than the ${MAX_RESOURCE_LENGTH} characters that API Gateway allows in a policy: shorten the path.`;
    case 'policy-length':
      return (
        `The policy of ${describeToken(problem.scopes)} would have ${problem.resources} resources and ${problem.length} characters, ` +
        `more than ${MAX_POLICY_LENGTH}, since it names ${problem.routes.length} routes one by one (${listSome(problem.routes)}): ` +
        'give routes below one path the same access, shorten paths, or split the API in two.'
      );
    case 'stack-resources':
      return (
        `The ${problem.methods} routes with their ${problem.paths} paths make a stack of ${problem.resources} resources; ` +
        `CloudFormation allows ${problem.limit}: handle several routes as one ANY route such as ANY /orders/{proxy+}, ` +
        'or split the table into two APIs in two stacks.'
      );
  }
}

function describeFault(fault: PathFault): string {
  switch (fault.is) {
    case 'relative':
      return 'the path does not start with /';
    case 'empty-segment':
      return 'the path has an empty segment: remove the double or trailing /';
    case 'repeated-variable':
      return 'two variables of the path have the same name';
    case 'reserved':
      return 'API Gateway answers this path itself on custom domains: choose another, such as /health';
    case 'greedy-inside':
      return `${fault.segment} matches everything that follows, so it must be the last segment`;
    case 'segment': {
      const name = /^:([A-Za-z0-9._-]+)[*+?]?$/.exec(fault.segment)?.[1];
      return name === undefined
        ? `the segment "${fault.segment}" is neither text of A-Z a-z 0-9 . _ : - nor one whole variable such as {id} or {path+}`
        : `"${fault.segment}" is not a variable in API Gateway: write {${name}}`;
    }
  }
}

function describeOverlap(closed: string, kept: string, overlap: Overlap): string {
  const { opener, path, deniedPath, resources } = overlap;
  const openedBy = nameOf(opener) === kept ? 'the second' : nameOf(opener);
  const reason =
    path === deniedPath
      ? `both match ${path}, and AWS does not document which of them serves it`
      : `allowing ${openedBy} (${resources[0]}) opens ${path} of the first, and denying the first ` +
        `(${resources[1]}) closes ${deniedPath} of the second`;
  return `${closed} and ${kept} cannot be kept apart for ${describeToken(overlap.scopes, ' only')}: ${reason}. Give both the same access, or change a fixed segment of one path.`;
}

const describeToken = (scopes: readonly string[], only = ''): string =>
  scopes.length > 0 ? `a token with ${scopes.join(' ')}${only}` : 'a token without scopes';

const listSome = (routes: readonly string[]): string =>
  routes.length > 5 ? `${routes.slice(0, 5).join(', ')}, …` : routes.join(', ');
