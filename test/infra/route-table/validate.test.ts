import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describeProblem } from '../../../infra/route-table/problem';
import { routeTableProblems, validateRoutes } from '../../../infra/route-table/validate';
import { MAX_RESOURCE_LENGTH } from '../../../lambdas/authorizer/policy/policy';
import { routes } from '../../../lambdas/routes';
import type { Access, Route } from '../../../lambdas/shared/route-table';

const HANDLERS = ['any', 'other'];
const SCOPED = { scopes: ['s'] } as const;

const route = (name: string, access: Access = 'token', more: object = {}): Route => {
  const [method, path] = name.split(' ');
  return { method, path, handler: 'any', access, ...more } as Route;
};

const problemsOf = (...table: Route[]): readonly string[] =>
  routeTableProblems(table, { handlers: HANDLERS, stage: 'prod' }).map(describeProblem);

test('accepts the table of this API', () => {
  const handlers = readdirSync('lambdas', { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && readdirSync(`lambdas/${entry.name}`).includes('handler.ts') ? [entry.name] : [],
  );
  expect(() => validateRoutes(routes, { handlers, stage: 'prod' })).not.toThrow();
});

test.each<[string, Route[]]>([
  ['the root', [route('GET /'), route('GET /{path+}', SCOPED)]],
  ['nested variables', [route('GET /a/{id}'), route('GET /a/{id}/b', SCOPED), route('POST /a/{id}/b/{part}')]],
  ['a fixed route beside a variable', [route('GET /a/{id}'), route('GET /a/new', SCOPED)]],
  ['a narrower route that needs less', [route('GET /a/{id}', SCOPED), route('GET /a/new')]],
  ['a public route inside a protected one', [route('GET /{path+}', SCOPED), route('GET /health', 'public')]],
  ['routes of which neither is narrower, with one access', [route('GET /a/{p}', SCOPED), route('GET /{p}/b', SCOPED)]],
  ['a text twice in one path', [route('GET /a/a/{id}/a')]],
  ['texts that begin with dots', [route('GET /.well-known/..a/...')]],
  ['two variables of one path', [route('GET /a/{id}/{part}')]],
  ['a public route where nobody knows which one serves', [route('GET /a/{p}', 'public'), route('GET /{p}/b', SCOPED)]],
  ['ANY beside a named method of the same path', [route('ANY /a'), route('GET /a', SCOPED), route('ANY /{proxy+}')]],
  ['ANY for a part of the paths', [route('ANY /{proxy+}'), route('ANY /admin/{proxy+}', SCOPED)]],
  ['the same path for other methods', [route('GET /a/{id}'), route('PUT /a/{id}', SCOPED)]],
])('accepts %s', (_title, table) => {
  expect(problemsOf(...table)).toEqual([]);
});

test.each<[string, Route, RegExp]>([
  [
    'the method of preflights',
    route('OPTIONS /a'),
    /^OPTIONS \/a: the method is not one of GET, HEAD, POST, PUT, PATCH, DELETE, ANY\.$/,
  ],
  ['a path without its /', route('GET a'), /^GET a: the path does not start with \/\.$/],
  ['a path that ends with /', route('GET /a/'), /^GET \/a\/: the path has an empty segment/],
  ['an empty segment', route('GET /a//b'), /empty segment/],
  ['a star', route('GET /a/*'), /the segment "\*" is neither text/],
  ['a policy variable', route('GET /$' + '{aws:x}'), /is neither text/],
  ['text before a variable', route('GET /a/v{id}'), /the segment "v\{id\}" is neither text/],
  ['half a segment as a variable', route('GET /a/{id}.json'), /the segment "\{id\}\.json" is neither text/],
  [
    'an express-style variable',
    route('GET /orders/:id'),
    /^GET \/orders\/:id: ":id" is not a variable.*write \{id\}\.$/,
  ],
  ['an express-style variable with ?', route('GET /a/:id?'), /: write \{id\}\.$/],
  [
    'a path that API Gateway answers on custom domains',
    route('GET /ping', 'public'),
    /^GET \/ping: API Gateway answers this path itself/,
  ],
  ['the other such path', route('ANY /sping'), /^ANY \/sping: API Gateway answers/],
  ['a segment clients resolve', route('GET /a/../b'), /the segment "\.\." is neither text/],
  ['a space', { ...route('GET /a'), path: '/a b' }, /the segment "a b" is neither text/],
  [
    '{path+} before the end',
    route('GET /{path+}/a'),
    /\{path\+\} matches everything that follows, so it must be the last/,
  ],
  ['a variable named twice', route('GET /a/{id}/b/{id}'), /two variables of the path have the same name/],
  [
    'an unknown handler',
    route('GET /a', 'token', { handler: 'nobody' }),
    /"nobody" does not exist.*use one of any, other\.$/,
  ],
  ['an unknown access', route('GET /a', 'private' as Access), /access is not 'public'/],
  ['no access', route('GET /a', 'token', { access: undefined }), /access is not 'public'/],
  ['null as access', route('GET /a', null as unknown as Access), /access is not 'public'/],
  [
    'two unknown fields',
    route('GET /a', 'token', { scopes: ['s'], auth: 1 }),
    /: scopes, auth would be ignored: write scopes as/,
  ],
  ['no scopes', route('GET /a', { scopes: [] } as unknown as Access), /the list of scopes is empty/],
  ['scopes in one string', route('GET /a', { scopes: ['a b'] }), /the scope "a b" cannot be in a token/],
  ['a public route behind scopes', route('GET /a', 'public', { scopes: ['s'] }), /scopes would be ignored/],
  ['a public list of scopes', route('GET /a', { scopes: ['s'], public: true } as Access), /access is not 'public'/],
])('refuses %s', (_title, entry, problem) => {
  expect(problemsOf(entry)).toEqual([expect.stringMatching(problem)]);
});

test('refuses a table without routes', () => {
  expect(problemsOf()).toEqual(['There is no route: add at least one.']);
});

test('refuses a route that is there twice, once for each', () => {
  expect(problemsOf(route('GET /a'), route('GET /a', SCOPED), route('GET /a', 'public'))).toEqual([
    'GET /a is in the table more than once: keep one of the rows.',
  ]);
});

test.each([
  ['GET /a/{id}', 'POST /a/{name}', '/a', '{id} and {name}'],
  ['GET /a/{id}', 'GET /a/{path+}', '/a', '{id} and {path+}'],
  ['GET /{a}/b', 'GET /{c}/d', '/', '{a} and {c}'],
  ['GET /a/{id}/b', 'GET /a/{name}/c', '/a', '{id} and {name}'],
])('refuses two variables below one parent: %s and %s', (one, other, parent, variables) => {
  expect(problemsOf(route(one), route(other))).toEqual([
    `${one} and ${other}: API Gateway allows one variable below ${parent}, not ${variables}: use the same one in both.`,
  ]);
});

test('lists every problem at once', () => {
  const table = [route('GET /a'), route('GET /a'), route('GET b', { scopes: ['"'] }, { handler: 'nobody' })];
  expect(() => validateRoutes(table, { handlers: HANDLERS, stage: 'prod' })).toThrow(
    expect.objectContaining({
      name: 'ProblemsError',
      problems: [
        { kind: 'path', routes: ['GET b'], path: 'b', fault: { is: 'relative' } },
        { kind: 'handler', routes: ['GET b'], handler: 'nobody', handlers: HANDLERS },
        { kind: 'scope', routes: ['GET b'], scope: '"' },
        { kind: 'duplicate', routes: ['GET /a'] },
      ],
    }),
  );
  expect(problemsOf(...table)).toHaveLength(4);
  expect(() => validateRoutes(table, { handlers: HANDLERS, stage: 'prod' })).toThrow(
    /^The route table cannot be used:\n {2}- GET b: .*\n {2}- GET b: .*\n {2}- GET b: .*\n {2}- GET \/a is in the table/,
  );
});

test.each<[string, Route[], string]>([
  [
    'what denies one route would close the other',
    [route('GET /a/{id}/b', SCOPED), route('GET /a/{id}/b/{part}'), route('GET /a/{id}')],
    'GET /a/{id}/b and GET /a/{id}/b/{part} cannot be kept apart for a token without scopes: allowing GET /a/{id} (/a/*) ' +
      'opens /a/x/b of the first, and denying the first (/a/*/b) closes /a/x/b/b of the second. ' +
      'Give both the same access, or change a fixed segment of one path.',
  ],
  [
    'a variable inside a {path+} that needs less',
    [route('GET /a/{id}/secret', SCOPED), route('GET /{path+}')],
    'GET /a/{id}/secret and GET /{path+} cannot be kept apart for a token without scopes: allowing the second (/*) ' +
      'opens /a/x/secret of the first, and denying the first (/a/*/secret) closes /a/x/x/secret of the second. ' +
      'Give both the same access, or change a fixed segment of one path.',
  ],
  [
    'another route opens the first, too',
    [route('GET /a/{id}'), route('GET /a/{id}/b', SCOPED), route('GET /{path+}')],
    'GET /a/{id}/b and GET /{path+} cannot be kept apart for a token without scopes: allowing the second (/*) ' +
      'opens /a/x/b of the first, and denying the first (/a/*/b) closes /a/x/x/b of the second. ' +
      'Give both the same access, or change a fixed segment of one path.',
  ],
  [
    'AWS does not say which route serves a path',
    [route('GET /a/{p}', { scopes: ['s', 't', 'u'] }), route('GET /{p}/b', { scopes: ['t', 'u'] })],
    'GET /a/{p} and GET /{p}/b cannot be kept apart for a token with t u only: both match /a/b, and AWS does not document ' +
      'which of them serves it. Give both the same access, or change a fixed segment of one path.',
  ],
])('refuses a table where %s, and names the two routes', (_title, table, problem) => {
  expect(problemsOf(...table)).toEqual([problem]);
});

test('refuses a table only where some set of scopes makes it inexpressible', () => {
  const table = [
    route('GET /a/{id}/b', { scopes: ['s', 't'] }),
    route('GET /a/{id}/b/{part}', { scopes: ['s'] }),
    route('GET /a/{id}', { scopes: ['t'] }),
  ];
  // Whoever may call the last two may call the first.
  expect(problemsOf(...table)).toEqual([]);
});

/** Routes of one level, whose names a digest makes so that they have nothing in common. */
const unrelated = (count: number, accessOf: (index: number) => Access): Route[] =>
  Array.from({ length: count }, (_, index) => {
    const name = createHash('sha256').update(String(index)).digest('hex').slice(0, 8);
    return route(`GET /${name}`, accessOf(index));
  });

test('accepts many flat routes when wildcards make their policies short', () => {
  const flat = (count: number, accessOf: (index: number) => Access) =>
    Array.from({ length: count }, (_, index) => route(`GET /route-${index}`, accessOf(index)));
  expect(problemsOf(...flat(95, () => 'token'))).toEqual([]);
  expect(problemsOf(...flat(150, () => 'token'))).toEqual([]);
  expect(problemsOf(...flat(150, (index) => (index % 10 < 5 ? SCOPED : 'token')))).toEqual([]);
});

test('refuses a table for which some policy is too long, with the token and the routes', () => {
  const table = unrelated(300, (index) => (index % 2 === 0 ? { scopes: ['s'] } : { scopes: ['t'] }));
  const [problem, ...others] = routeTableProblems(table, { handlers: HANDLERS, stage: 'prod' });
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ kind: 'policy-length', scopes: ['s'] });
  expect(table.map(({ method, path }) => `${method} ${path}`)).toEqual(
    expect.arrayContaining([...(problem?.routes ?? [''])]),
  );
  expect(problem && describeProblem(problem)).toMatch(
    /^The policy of a token with s would have \d+ resources and \d+ characters, more than 8192, since it names \d+ routes one by one \(GET \/\w+, .*, …\): give routes below one path the same access/,
  );
  expect(problemsOf(...unrelated(300, () => 'public'))).toEqual([]);
}, 60_000);

test('refuses a protected route whose ARN would be too long', () => {
  const ARN_LENGTH = 'arn:aws-us-gov:execute-api:ap-southeast-1:123456789012:abcdefghij/prod/GET/'.length;
  const longest = `GET /${'a'.repeat(MAX_RESOURCE_LENGTH - ARN_LENGTH)}`;
  expect(problemsOf(route(longest))).toEqual([]);
  expect(problemsOf(route(`${longest}a`))).toEqual([
    `${longest}a: its ARN would be longer than the 512 characters that API Gateway allows in a policy: shorten the path.`,
  ]);
  expect(problemsOf(route(`${longest}a`, 'public'))).toEqual([]);
});
