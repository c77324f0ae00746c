import type { AccessChange, Callers } from '../../infra/route-table/access-changes';
import { type Route, requiredScopes } from '../../lambdas/shared/route-table';

/** Routes × scopes as a Markdown table: an `x` for everything that a call of the route needs. */
export function accessTable(routes: readonly Route[]): string {
  const scopes = [...new Set(routes.flatMap(({ access }) => requiredScopes(access)))].sort();
  const rows = routes.map(({ method, path, access }) => [
    `${method} ${path}`,
    access === 'public' ? 'none' : 'x',
    ...scopes.map((scope) => (requiredScopes(access).includes(scope) ? 'x' : '')),
  ]);
  return table(['route', 'token', ...scopes], rows);
}

/** What changed for callers as Markdown: one line for each call, or the sentence that nothing has. */
export function changesReport(changes: readonly AccessChange[]): string {
  if (changes.length === 0) return 'Who may call what is unchanged.';
  const widened = changes.filter(({ isWidened }) => isWidened).length;
  const narrowed = changes.filter(({ isNarrowed }) => isNarrowed).length;
  const rows = changes.map(({ method, path, before, after, isWidened, isNarrowed }) => [
    `${method} ${path}`,
    callers(before),
    callers(after),
    [...(isWidened ? ['some can now'] : []), ...(isNarrowed ? ['some no longer can'] : [])].join(', '),
  ]);
  return [
    `Calls that some callers can make now but could not before: ${widened}. Calls that some callers can no longer make: ${narrowed}.`,
    '',
    table(['call', 'before: needs', 'now: needs', 'callers'], rows),
  ].join('\n');
}

function callers(access: Callers): string {
  if (access === 'none') return 'no such route';
  if (access === 'public') return 'nothing';
  if (access === 'token') return 'a token';
  return `a token with ${[...access.scopes].sort().join(' ')}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const escaped = [head, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_title, column) => Math.max(3, ...escaped.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [titles = [], ...lines] = escaped;
  return [line(titles), line(widths.map((width) => '-'.repeat(width))), ...lines.map(line)].join('\n');
}
