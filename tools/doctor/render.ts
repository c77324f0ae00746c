import type { Paint } from '../terminal';
import type { Check, Report, Status } from './report';

const MARKS = {
  pass: ['green', '✓'],
  warn: ['yellow', '!'],
  fail: ['red', '✗'],
  skip: ['dim', '·'],
} as const satisfies Record<Status, readonly [string, string]>;

const NAME_WIDTH = 12;

/** The report as text for a terminal. */
export function render({ ok, sections }: Report, paint: Paint): string {
  const blocks = sections.map(({ title, checks }) => {
    const width = Math.max(NAME_WIDTH, ...checks.map(({ name }) => name.length));
    return [paint('bold', title), ...checks.flatMap((check) => lines(check, width, paint))].join('\n');
  });
  const all = sections.flatMap(({ checks }) => checks);
  const problems = all.filter(({ status }) => status === 'fail').length;
  const warnings = all.filter(({ status }) => status === 'warn').length;
  const summary = ok
    ? paint('green', 'Nothing wrong found.')
    : paint('red', `${problems} ${problems === 1 ? 'problem' : 'problems'} found.`);
  const more = warnings > 0 ? ` ${warnings} ${warnings === 1 ? 'thing is' : 'things are'} worth knowing.` : '';
  return `${blocks.join('\n\n')}\n\n${summary}${more}\n`;
}

function lines({ name, status, detail, advice, reason, notReached }: Check, width: number, paint: Paint): string[] {
  const [colour, mark] = MARKS[status];
  const notes = [...(reason && status !== 'pass' ? [reason] : []), ...(notReached ? ['not reached'] : [])];
  const note = notes.length > 0 ? paint('dim', `  [${notes.join(', ')}]`) : '';
  const line = `  ${paint(colour, mark)} ${name.padEnd(width)}  ${detail}${note}`;
  const isWorthIt = advice !== undefined && !(notReached && status === 'pass');
  return isWorthIt ? [line, `    ${' '.repeat(width)}  ${paint('cyan', '→')} ${advice}`] : [line];
}
