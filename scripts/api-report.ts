/**
 * Writes docs/api.md: every declaration that the package's entry points export. `npm run api`. A test compares the page
 * with the code, so that a change of the public interface is seen in review.
 *
 * Reads the declarations that tsc writes: one statement a name, each beginning and ending at the start of a line.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../infra/bundling';
import { takesNoArguments } from '../terminal/usage';
import { emitTypes, entries } from './package';

const PAGE = join(projectRoot, 'docs', 'api.md');

interface Declaration {
  readonly name: string;
  /** With its comment. */
  readonly text: string;
  /** Names of the package that the declaration may mention: those of its file, and those it imports. */
  readonly internal: readonly string[];
}

/** The declarations of an entry point, by name. */
export type ApiReport = Readonly<Record<string, readonly Declaration[]>>;

/**
 * Reads what the entry points export.
 *
 * @param lib where {@link emitTypes} has written their declarations.
 */
export function readApi(lib: string): ApiReport {
  return Object.fromEntries(
    Object.entries(entries).map(([entry, source]) => {
      const file = join(lib, 'types', source.replace(/\.ts$/, '.d.ts'));
      return [entry, exportsOf(file).sort((one, other) => one.name.localeCompare(other.name))];
    }),
  );
}

/** A statement at the top level with the comment before it. */
const STATEMENT =
  /(?:^\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?^export (?:declare )?(?:interface|class|type|const|function) (\w+)(?:.*[;}]$|[\s\S]*?^\}.*$)/gm;
const PRIVATE = /^ +private .*;\n/gm;
const RE_EXPORT = /^export (?:type )?\{([^}]*)\} from '([^']+)';$/gm;
const INTERNAL_IMPORT = /^import (?:type )?\{([^}]*)\} from '\.[^']*';$/gm;

function exportsOf(file: string): Declaration[] {
  const text = readFileSync(file, 'utf8');
  const statements = [...text.matchAll(STATEMENT)];
  const imported = [...text.matchAll(INTERNAL_IMPORT)].flatMap(([, names = '']) => namesIn(names));
  const internal = [...imported, ...statements.map(([, name = '']) => name)];
  const own = statements.map(([statement, name = '']) => ({ name, text: statement.replace(PRIVATE, ''), internal }));
  const others = [...text.matchAll(RE_EXPORT)].flatMap(([, names = '', from = '']) => {
    const wanted = namesIn(names);
    return exportsOf(join(dirname(file), `${from}.d.ts`)).filter(({ name }) => wanted.includes(name));
  });
  return [...own, ...others];
}

const namesIn = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.replace(/^\s*(?:type )?/, '').trim())
    .filter((name) => name !== '');

/** Types of the package that exported declarations mention, but that a consumer cannot import. */
export function hiddenTypes(api: ApiReport): readonly string[] {
  const exported = Object.values(api)
    .flat()
    .map(({ name }) => name);
  const hidden = Object.values(api)
    .flat()
    .flatMap(({ name, text, internal }) => {
      const code = text.replace(/\/\*[\s\S]*?\*\//g, '');
      return internal.filter(
        (type) =>
          /^[A-Z]/.test(type) && type !== name && !exported.includes(type) && new RegExp(`\\b${type}\\b`).test(code),
      );
    });
  return [...new Set(hidden)];
}

/** The page for what {@link readApi} has read. */
export function apiPage(api: ApiReport): string {
  const sections = Object.entries(api).map(([entry, declarations]) => {
    const specifier = entry === 'index' ? 'authaction-aws' : `authaction-aws/${entry}`;
    const blocks = declarations.map(({ text }) => `\`\`\`ts\n${text}\n\`\`\``);
    return [`## \`${specifier}\``, ...blocks].join('\n\n');
  });
  const intro =
    'Everything that the package exports, written by `npm run api` from the sources. What of it may change, and when, says\n' +
    '[compatibility.md](compatibility.md).';
  return `${['# Public interface', intro, ...sections].join('\n\n')}\n`;
}

if (require.main === module) {
  takesNoArguments('npm run api: writes docs/api.md, every declaration that the package exports');
  const lib = mkdtempSync(join(tmpdir(), 'authaction-api-'));
  try {
    emitTypes(lib);
    writeFileSync(PAGE, apiPage(readApi(lib)));
  } finally {
    rmSync(lib, { recursive: true, force: true });
  }
}
