/** What a cell of a table shows: a number is rounded, no value is a dash. */
export type Cell = string | number | undefined;

/** A Markdown table. Columns whose first cell is a number are aligned right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map(cellText).join(' | ')} |`;
  const rule = head.map((_, column) => (typeof rows[0]?.[column] === 'number' ? '---:' : '---'));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

const cellText = (cell: Cell): string => (typeof cell === 'number' ? readable(cell) : (cell ?? '–'));

/** A number with two or three significant digits, and commas between thousands. */
export function readable(value: number): string {
  if (Math.abs(value) < 100) return `${Number(value.toPrecision(Math.abs(value) < 10 ? 2 : 3))}`;
  return Math.round(value).toLocaleString('en');
}
