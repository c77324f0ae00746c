import { accessTable, changesReport } from '../../../cli/access/report';
import { compareAccess } from '../../../infra/route-table/access-changes';
import type { Access, Route } from '../../../lambdas/shared/route-table';

const route = (path: Route['path'], access: Access, method: Route['method'] = 'GET'): Route => ({
  method,
  path,
  handler: 'any',
  access,
});

test('marks everything that a call of a route needs', () => {
  const table = accessTable([
    route('/open', 'public'),
    route('/mine', 'token'),
    route('/orders/{id}', { scopes: ['write', 'read'] }, 'PUT'),
  ]);
  expect(table).toBe(
    [
      '| route            | token | read | write |',
      '| ---------------- | ----- | ---- | ----- |',
      '| GET /open        | none  |      |       |',
      '| GET /mine        | x     |      |       |',
      '| PUT /orders/{id} | x     | x    | x     |',
    ].join('\n'),
  );
});

test('says who may make which call now and could not before, and who no longer', () => {
  const before = [route('/a', { scopes: ['read', 'all'] }), route('/b', 'token'), route('/c', 'public')];
  const after = [route('/a', { scopes: ['read'] }), route('/c', 'token'), route('/d', { scopes: ['x'] })];
  const report = changesReport(compareAccess(before, after));
  expect(report).toContain('could not before: 2. Calls that some callers can no longer make: 2.');
  const rows = report.split('\n').map((row) =>
    row
      .split(/ *\| */)
      .slice(1, -1)
      .join(' / '),
  );
  expect(rows).toEqual(
    expect.arrayContaining([
      'GET /a / a token with all read / a token with read / some can now',
      'GET /b / a token / no such route / some no longer can',
      'GET /c / nothing / a token / some no longer can',
      'GET /d / no such route / a token with x / some can now',
    ]),
  );
});

test('says of an exchanged scope that some may and some no longer can', () => {
  const changes = compareAccess([route('/a', { scopes: ['x'] })], [route('/a', { scopes: ['y'] })]);
  expect(changesReport(changes)).toContain('| some can now, some no longer can |');
});

test('says that nothing has changed', () => {
  expect(changesReport([])).toBe('Who may call what is unchanged.');
});

test('a scope cannot break the table', () => {
  const table = accessTable([route('/a', { scopes: ['a|b'] })]);
  expect(table.split('\n')[0]).toBe('| route  | token | a\\|b |');
});
