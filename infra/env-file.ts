import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type SettingProblem, settingsError } from './problems';

/** What a file sets, by name. */
export type EnvFile = Readonly<Record<string, string>>;

/**
 * Reads a `.env` file: lines of `NAME=value`, `export NAME=value` or `# comment`. UTF-8 and, with a byte order mark,
 * UTF-16 are read, with any line end. A value may stand in `'`, `"` or `` ` `` and then span lines; `\n` in `"` is a line
 * end. ` #` after a value begins a comment.
 *
 * Nothing is skipped: a line that is none of these is a problem, since a setting that is silently ignored may be the one
 * that protects the API.
 *
 * @returns nothing set when there is no such file.
 * @throws ProblemsError with a {@link SettingProblem} for every line that cannot be read, or for the whole file. Quotes no value.
 */
export function readEnvFile(file: string): EnvFile {
  const name = basename(file);
  const bytes = readBytes(file, name);
  const text = decode(bytes);
  if (text === undefined) {
    throw settingsError([{ setting: name, text: 'is neither UTF-8 nor UTF-16 text: save it as UTF-8' }]);
  }
  return parse(text, name);
}

function readBytes(file: string, name: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return Buffer.alloc(0);
    const text =
      code === 'EISDIR'
        ? 'is a folder: remove it, or put a file of lines such as AUTHACTION_DOMAIN=… in its place'
        : code === 'EACCES' || code === 'EPERM'
          ? 'cannot be read by this user: change its permissions'
          : `cannot be read (${code})`;
    throw settingsError([{ setting: name, text }]);
  }
}

/** The text without its byte order mark, or `undefined` when the bytes are not text. */
function decode(bytes: Buffer): string | undefined {
  const mark = bytes.subarray(0, 2).toString('hex');
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=[^\S\n]*/;

function parse(text: string, file: string): EnvFile {
  const values = new Map<string, string>();
  const problems: SettingProblem[] = [];
  let rest = text.replace(/\r\n?/g, '\n');
  let line = 1;
  const take = (length: number): string => {
    const taken = rest.slice(0, length);
    rest = rest.slice(length);
    line += taken.split('\n').length - 1;
    return taken;
  };
  const takeLine = (): string => take(rest.includes('\n') ? rest.indexOf('\n') + 1 : rest.length);

  while (rest !== '') {
    const setting = `${file} line ${line}`;
    const [assignment, name] = ASSIGNMENT.exec(rest.slice(0, (rest.indexOf('\n') + 1 || rest.length + 1) - 1)) ?? [];
    if (assignment === undefined || name === undefined) {
      if (!/^\s*(#|$)/.test(takeLine())) problems.push({ setting, text: 'is neither NAME=value nor a # comment' });
      continue;
    }
    take(assignment.length);
    const value = takeValue();
    if (typeof value !== 'string') problems.push({ setting, text: `(${name}) ${value.problem}` });
    else if (value !== '' && (values.get(name) || value) !== value) {
      problems.push({ setting, text: `sets ${name} a second time, to another value: keep one of the lines` });
    } else if (value !== '' || !values.has(name)) values.set(name, value);
  }
  if (problems.length > 0) throw settingsError(problems);
  return Object.fromEntries(values);

  function takeValue(): string | { readonly problem: string } {
    const quote = /^['"`]/.exec(rest)?.[0];
    if (quote === undefined) return unquoted(takeLine());
    const end = rest.indexOf(quote, 1);
    if (end < 0) {
      takeLine();
      return { problem: `opens a ${quote} that is never closed` };
    }
    const quoted = take(end + 1).slice(1, -1);
    if (!/^\s*(#|$)/.test(takeLine()))
      return { problem: `continues after its closing ${quote}: use other quotes around it` };
    return quote === '"' ? quoted.replaceAll('\\n', '\n') : quoted;
  }
}

function unquoted(text: string): string | { readonly problem: string } {
  const value = text.replace(/(^|\s)#.*/, '').trim();
  if (value.includes('#')) return { problem: 'has a # inside its value: put the value in quotes' };
  if (/^[“”„‘’«»]/.test(value)) return { problem: 'has typographic quotes: use \' or "' };
  return value;
}
