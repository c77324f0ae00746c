import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { hasColour, painter } from '../../terminal/terminal';
import { UsageError } from '../command';
import { findTarget, type Target } from '../target';
import { examine } from './doctor';
import { explainLog } from './log-line';
import { type DoctorOptions, parseOptions, usage } from './options';
import { render } from './render';
import { type Report, report } from './report';
import { examineSettings } from './settings';
import { examineStack } from './stack';

/** Examines settings, provider, token and API. @throws UsageError */
export const doctor = (args: readonly string[]): Promise<number> =>
  run(args).catch((error: unknown) => {
    throw error instanceof UsageError ? new UsageError(`${error.message}\n\n${usage}`) : error;
  });

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const paint = painter(hasColour(process.stdout, process.env));
  const show = (found: Report): number => {
    const text = options.json ? `${JSON.stringify(found, null, 2)}\n` : render(found, paint, process.stdout.columns);
    process.stdout.write(text);
    return found.ok ? 0 : 1;
  };
  if (options.fromLog !== undefined) return show(explainLog(await read(options.fromLog)));

  const asksAboutRoutes = options.token !== undefined || options.url !== undefined;
  const target = await findTarget(options, (settings) => asksAboutRoutes && areUsable(settings));
  const { env, origin, caFile, localIssuer, routes = [] } = target;
  const ca = options.ca ?? caFile;
  if (ca !== undefined && ca !== process.env.NODE_EXTRA_CA_CERTS) return again(ca);

  const token = await readToken(options);
  const examined = await examine({ env, origin, routes, token, url: options.url });
  if (options.stack === undefined) return show(examined);
  const configured = localIssuer ? undefined : (env.AUTHACTION_REVOKED ?? '');
  return show(report([...examined.sections, examineStack(options.stack, configured)]));
}

/** Whether there is more to examine than the settings: nothing else needs the app, whose synthesis takes seconds. */
const areUsable = (env: Target['env']): boolean => examineSettings(env, '').config !== undefined;

/**
 * Runs this command once more, trusting an authority. Node reads the variable when it starts, and the authorizer's own
 * fetch has no other switch for it.
 */
function again(ca: string): number {
  try {
    readFileSync(ca);
  } catch {
    throw new UsageError(`The file of the authority cannot be read: ${ca}`);
  }
  const { status } = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: ca },
    stdio: 'inherit',
  });
  return status ?? 1;
}

async function readToken({ token: source }: DoctorOptions): Promise<string | undefined> {
  if (source === undefined) return undefined;
  const text = await read(source);
  if (text.trim() === '') throw new UsageError('The input contains no token.');
  return text;
}

async function read(source: NonNullable<DoctorOptions['token' | 'fromLog']>): Promise<string> {
  if (source === 'stdin') return readAll(process.stdin);
  return 'file' in source ? readFile(source.file) : source.text;
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`The token file cannot be read: ${file}`);
  }
}
