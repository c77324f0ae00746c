import type { Paint } from '../../terminal/terminal';
import type { Check, Report, Status } from './report';

const MARKS = {
  pass: ['green', '✓'],
  warn: ['yellow', '!'],
  fail: ['red', '✗'],
  skip: ['dim', '·'],
} as const satisfies Record<Status, readonly [string, string]>;

const NAME_WIDTH = 12;

/**
 * The report as text for a terminal.
 *
 * @param columns width of the terminal; lines are not broken when absent.
 */
export function render({ ok, sections }: Report, paint: Paint, columns?: number): string {
  const blocks = sections.map(({ title, checks }) => {
    const width = Math.max(NAME_WIDTH, ...checks.map(({ name }) => name.length));
    return [paint('bold', title), ...checks.flatMap((check) => lines(check, width, paint, columns))].join('\n');
  });
  const all = sections.flatMap(({ checks }) => checks);
  // A failure without advice is the consequence of another one.
  const problems = all.filter(({ status, advice }) => status === 'fail' && advice !== undefined).length;
  const warnings = all.filter(({ status }) => status === 'warn').length;
  const summary = ok
    ? paint('green', 'Nothing wrong found.')
    : paint('red', `${problems} ${problems === 1 ? 'problem' : 'problems'} found.`);
  const more = warnings > 0 ? ` ${warnings} ${warnings === 1 ? 'thing is' : 'things are'} worth knowing.` : '';
  return `${blocks.join('\n\n')}\n\n${summary}${more}\n`;
}

function lines(check: Check, width: number, paint: Paint, columns: number | undefined): string[] {
  const { name, status, detail, advice, reason, notReached } = check;
  const [colour, mark] = MARKS[status];
  const isNew = reason !== undefined && !detail.includes(reason);
  const notes = [...(isNew ? [reason] : []), ...(notReached ? ['not reached'] : [])];
  const indent = ' '.repeat(width + 6);
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns - indent.length, 30);
  const [first = '', ...rest] = broken(detail, room);
  const todo = advice === undefined ? [] : broken(advice, room - 2);
  return [
    `  ${paint(colour, mark)} ${name.padEnd(width)}  ${first}`,
    ...rest.map((line) => `${indent}${line}`),
    ...(notes.length > 0 ? [`${indent}${paint('dim', `[${notes.join(', ')}]`)}`] : []),
    ...todo.map((line, index) => `${indent}${index === 0 ? paint('cyan', '→') : ' '} ${line}`),
  ];
}

/** Text in lines of a maximum width, broken at spaces; a longer word stays whole. */
function broken(text: string, room: number): string[] {
  const made: string[] = [];
  for (const word of text.split(' ')) {
    const last = made.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) made[made.length - 1] = `${last} ${word}`;
    else made.push(word);
  }
  return made;
}
