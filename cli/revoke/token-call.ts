import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { AppError } from '../../local/app';
import type { LocalRun } from '../../local/local-run';
import { UsageError } from '../command';
import { readPastedToken } from '../doctor/pasted-token';
import { aws } from './aws';
import type { DeployedStack } from './deployed-authorizer';

/**
 * Reads a token, or a token response.
 *
 * @param source a file, or `-` for standard input.
 * @throws UsageError
 */
export async function readToken(source: string): Promise<string> {
  const read = readPastedToken(source === '-' ? await readAll(process.stdin) : readFile(source));
  if (read.token === undefined) throw new UsageError(read.problem);
  // Anything else could not stand in a header, and would end up in the error message.
  if (!/^[\x21-\x7E]+$/.test(read.token)) throw new UsageError('The input contains no token.');
  return read.token;
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError('The file of --token cannot be read.');
  }
}

const NEEDS_URL = 'give --url the address of a GET route that needs a token.';

/** The first `GET` route of a local run that needs a token and no parameter. @throws AppError */
export function localUrl({ apiUrl, routes }: LocalRun): string {
  const route = routes.find(({ method, path, access }) => method === 'GET' && access !== 'public' && isFixed(path));
  if (!route) throw new AppError(`The table has no such route: ${NEEDS_URL}`);
  return `${apiUrl}${route.path}`;
}

interface Resources {
  readonly items: readonly {
    readonly path: string;
    readonly resourceMethods?: Readonly<Record<string, { readonly authorizationType?: string }>>;
  }[];
}

interface Stacks {
  readonly Stacks: readonly { readonly Outputs?: readonly { readonly OutputValue: string }[] }[];
}

/**
 * The first deployed `GET` method with an authorizer and without a parameter, under the output of the stack that has the
 * API's address.
 *
 * @throws AppError
 */
export function deployedUrl(stackName: string, { stages }: DeployedStack): string {
  const { Stacks: found } = aws<Stacks>('cloudformation', 'describe-stacks', '--stack-name', stackName);
  const outputs = found.flatMap(({ Outputs = [] }) => Outputs.map(({ OutputValue }) => OutputValue));
  for (const { apiId } of stages) {
    const base = outputs.find((value) => value.startsWith(`https://${apiId}.`));
    if (base === undefined) continue;
    const { items } = aws<Resources>('apigateway', 'get-resources', '--rest-api-id', apiId, '--embed', 'methods');
    const isGuarded = ({ path, resourceMethods = {} }: Resources['items'][number]): boolean =>
      resourceMethods.GET?.authorizationType === 'CUSTOM' && isFixed(path);
    const method = items.find(isGuarded);
    if (method) return `${base.replace(/\/+$/, '')}${method.path}`;
  }
  throw new AppError(`${stackName} has no output with the address of such a route: ${NEEDS_URL}`);
}

const isFixed = (path: string): boolean => !path.includes('{');
