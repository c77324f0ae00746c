import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import type { FunctionModel } from '../../local/gateway/api-model';
import { type EnvVars, functionsOf, invokeOnce } from '../../tools/invoke';
import { samples } from '../../tools/samples';
import { environmentWithoutSettings } from '../support/without-settings';

const read = (path: string): unknown => JSON.parse(readFileSync(join(projectRoot, 'events', path), 'utf8'));
const envVars = read('env.json') as EnvVars;

let folder: string;
let functions: ReadonlyMap<string, FunctionModel>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'invoke-'));
  functions = await functionsOf(folder, envVars.AuthorizerFunction ?? {});
}, 30_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function model(id: string): FunctionModel {
  const found = functions.get(id);
  if (!found) throw new Error(`There is no function ${id}`);
  return found;
}

it.each(samples)('$functionId answers events/$event as it must', async ({ functionId, event, expected }) => {
  const outcome = await invokeOnce(model(functionId), read(event), envVars);
  if ('error' in expected) expect(outcome).toMatchObject({ ok: false, error: { errorMessage: expected.error } });
  else expect(outcome).toMatchObject({ ok: true, result: expected.answer });
});

it('sets only variables that the template declares', async () => {
  const probe: FunctionModel = { ...model('PublicFunction'), environment: { CORS_ALLOW_ORIGIN: '*' } };
  // Node.js does not even start with such an option.
  const given = { PublicFunction: { CORS_ALLOW_ORIGIN: 'https://app.example.test', NODE_OPTIONS: '--nonsense' } };
  const outcome = await invokeOnce(probe, read('public/anyone.json'), given);
  expect(outcome).toMatchObject({ result: { headers: { 'Access-Control-Allow-Origin': 'https://app.example.test' } } });
});

describe('npm run invoke', () => {
  const command = (...args: string[]) => {
    const env = environmentWithoutSettings();
    const main = ['--require', require.resolve('tsx/cjs'), join(projectRoot, 'tools', 'invoke.ts'), ...args];
    return spawnSync(process.execPath, main, { cwd: projectRoot, env, encoding: 'utf8' });
  };

  it('prints the answer as JSON, and the log apart from it', () => {
    const { status, stdout, stderr } = command('AuthorizerFunction', 'events/authorizer/expired.json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ errorMessage: 'Unauthorized' });
    expect(stderr).toContain('"reason":"expired"');
  }, 30_000);

  it('names the functions there are', () => {
    const { status, stderr } = command('NoFunction', 'events/public/anyone.json');
    expect(status).toBe(2);
    expect(stderr).toBe(
      'There is no function NoFunction: it is one of AuthorizerFunction, PublicFunction, ProtectedFunction, ScopedFunction\n',
    );
  }, 30_000);

  it.each<[string, string[], string]>([
    ['no arguments', [], 'npm run invoke FUNCTION EVENT.json'],
    ['a file that is not there', ['PublicFunction', 'no.json'], 'no.json cannot be read: ENOENT\n'],
    ['a file that is no JSON', ['PublicFunction', 'README.md'], 'README.md is not JSON\n'],
    ['an unknown option', ['--nonsense'], "Unknown option '--nonsense'"],
  ])(
    'says what is wrong with %s',
    (_case, args, message) => {
      const { status, stderr } = command(...args);
      expect(status).toBe(2);
      expect(stderr).toContain(message);
    },
    30_000,
  );
});
