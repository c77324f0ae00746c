import fc from 'fast-check';
import { compareAccess } from '../../../infra/route-table/access-changes';
import type { Access, Route } from '../../../lambdas/shared/route-table';
import { routers } from '../../support/gateway-routing';

const route = (path: Route['path'], access: Access, method: Route['method'] = 'GET'): Route => ({
  method,
  path,
  handler: 'any',
  access,
});

test('reports nothing for tables that differ in order and handlers only', () => {
  const before = [route('/a', 'token'), route('/b/{id}', { scopes: ['x', 'y'] })];
  const after = [{ ...route('/b/{name}', { scopes: ['y', 'x'] }), handler: 'other' }, route('/a', 'token')];
  expect(compareAccess(before, after)).toEqual([]);
});

test.each<[string, Access, Access, boolean, boolean]>([
  ['a scope that is dropped', { scopes: ['a', 'b'] }, { scopes: ['a'] }, true, false],
  ['a scope that is added', { scopes: ['a'] }, { scopes: ['a', 'b'] }, false, true],
  ['a scope that is exchanged', { scopes: ['a'] }, { scopes: ['b'] }, true, true],
  ['scopes that become a token', { scopes: ['a'] }, 'token', true, false],
  ['a token that becomes public', 'token', 'public', true, false],
  ['public that becomes a token', 'public', 'token', false, true],
])('reports %s', (_title, before, after, isWidened, isNarrowed) => {
  expect(compareAccess([route('/a', before)], [route('/a', after)])).toEqual([
    { method: 'GET', path: '/a', before, after, isWidened, isNarrowed },
  ]);
});

test('reports a new route as widened and a removed one as narrowed', () => {
  const [a, b] = [route('/a', 'token'), route('/b', 'token')];
  expect(compareAccess([a], [b])).toEqual(
    [
      { method: 'GET', path: '/b', before: 'none', after: 'token', isWidened: true, isNarrowed: false },
      { method: 'GET', path: '/a', before: 'token', after: 'none', isWidened: false, isNarrowed: true },
    ].sort((one, other) => one.path.localeCompare(other.path)),
  );
});

test('reports a literal that a variable served before', () => {
  const variable = route('/items/{id}', { scopes: ['read'] });
  expect(compareAccess([variable], [variable, route('/items/export', 'token')])).toEqual([
    {
      ...{ method: 'GET', path: '/items/export', isWidened: true, isNarrowed: false },
      ...{ before: { scopes: ['read'] }, after: 'token' },
    },
  ]);
});

test('reports what a greedy variable serves below a literal that lacks the method', () => {
  const before = [route('/{path+}', 'token'), route('/a', 'token', 'POST')];
  const after = [route('/{path+}', 'token'), route('/a', 'public', 'POST'), route('/a/b', 'public')];
  expect(compareAccess(before, after).map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /a', 'GET /a/b']);
});

describe('generated tables', () => {
  const part = fc.constantFrom('a', 'b', '{id}');
  const path = fc
    .tuple(fc.array(part, { maxLength: 3 }), fc.boolean())
    .map(([parts, greedy]) => `/${[...parts, ...(greedy ? ['{path+}'] : [])].join('/')}` as Route['path']);
  const access = fc.constantFrom<Access>(
    'public',
    'token',
    { scopes: ['x'] },
    { scopes: ['y'] },
    { scopes: ['x', 'y'] },
  );
  const table = fc.uniqueArray(fc.record({ method: fc.constantFrom('GET' as const, 'POST' as const), path, access }), {
    maxLength: 6,
    selector: ({ method, path: own }) => `${method} ${own}`,
  });
  const callers = [undefined, [], ['x'], ['y'], ['x', 'y']] as const;
  /** Every path of up to four parts; `c` is in no table. */
  const longer = (shorter: readonly string[]) =>
    shorter.flatMap((own) => ['a', 'b', 'c'].map((last) => `${own}/${last}`));
  const [one, two, three] = [longer(['']), longer(longer([''])), longer(longer(longer([''])))];
  const paths = ['/', ...one, ...two, ...three, ...longer(three)];

  /** What each caller may do, by the test's own router. */
  function decisions(routes: readonly Route[]): string {
    const find = routers.searching?.(routes);
    return JSON.stringify(
      ['GET', 'POST', 'PUT'].flatMap((method) =>
        paths.map((own) => {
          const found = find?.(method, own);
          return callers.map((scopes) => {
            if (!found) return false;
            if (found.access === 'public') return true;
            const needed: readonly string[] = found.access === 'token' ? [] : found.access.scopes;
            return scopes !== undefined && needed.every((scope) => (scopes as readonly string[]).includes(scope));
          });
        }),
      ),
    );
  }

  test('the report is empty exactly when every request is decided alike', () => {
    fc.assert(
      fc.property(table, table, (left, right) => {
        const [before, after] = [left, right].map((rows) => rows.map((row) => ({ ...row, handler: 'any' })));
        const isAlike = decisions(before ?? []) === decisions(after ?? []);
        expect(compareAccess(before ?? [], after ?? []).length === 0).toBe(isAlike);
      }),
      { numRuns: 200 },
    );
  });
});
