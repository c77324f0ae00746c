import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../cli/command';
import { type EnvVars, functionNamed, functionsOf, invoke, invokeOnce } from '../../../cli/invoke/main';
import { projectRoot } from '../../../infra/bundling';
import { settings } from '../../../lambdas/authorizer/config';
import { findApp } from '../../../local/app';
import type { FunctionModel } from '../../../local/gateway/api-model';
import { samples } from '../../../scripts/samples';
import { projectCopy } from '../../support/project-copy';
import { runTool } from '../../support/run-tool';
import { sampleAssembly } from '../../support/sample-app';

const read = (path: string): unknown => JSON.parse(readFileSync(join(projectRoot, 'events', path), 'utf8'));
const envVars = read('env.json') as EnvVars;

test("the samples' settings leave nothing to the environment", () => {
  expect(Object.keys(envVars.AuthorizerFunction ?? {})).toEqual(Object.keys(settings));
});

/** A file of a text. */
function given(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'given-')), 'given.json');
  writeFileSync(file, text);
  return file;
}

let copy: ReturnType<typeof projectCopy>;
let folder: string;
/** Options for the app as it is synthesized already. */
let app: readonly string[];
let functions: ReadonlyMap<string, FunctionModel>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'invoke-'));
  copy = projectCopy();
  app = ['--app', await sampleAssembly()];
  functions = await functionsOf(folder, {}, findApp(copy.root, app[1]));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  copy.remove();
});

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

it("names the app's files where a function fails", async () => {
  const outcome = await invokeOnce(model('ProtectedFunction'), null, envVars, { sourceRoot: copy.root });
  expect(!outcome.ok && outcome.error.trace?.join('\n')).toContain(`${copy.root}/lambdas/shared/caller.ts:`);
});

test("finds a function by its logical id, also without the CDK's hash where that is unique", () => {
  const models = new Map(['Orders0FC03F10', 'Items0FC03F10', 'Items12345678', 'Items'].map((id) => [id, id]));
  expect(functionNamed('Orders0FC03F10', models)).toBe('Orders0FC03F10');
  expect(functionNamed('Orders', models)).toBe('Orders0FC03F10');
  expect(functionNamed('Items', models)).toBe('Items');
  models.delete('Items');
  expect(functionNamed('Items', models)).toBeUndefined();
  expect(functionNamed('Order', models)).toBeUndefined();
});

describe('authaction invoke', () => {
  const command = (args: readonly string[], settings: Readonly<Record<string, string>> = {}) =>
    runTool('invoke', args, settings, '', copy.root);

  it('prints its usage', async () => {
    expect(await command(['--help'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('--env-vars'),
    });
  });

  it('answers a sample the same whatever the authorizer is set to', async () => {
    const odd = {
      AUTHACTION_DOMAIN: 'tenant.example.com',
      AUTHACTION_AUDIENCE: 'https://api.example.test',
      AUTHACTION_SCOPE_CLAIM: 'permissions',
      AUTHACTION_TOKEN_TYPE: 'at+jwt',
      AUTHACTION_ALLOWED_CLIENTS: 'somebody-else',
      STAGE: 'staging',
    };
    const sample = ['AuthorizerFunction', 'events/authorizer/good-token-with-scope.json'];
    const { code, stdout } = await command(sample, odd);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('"scope":"read:messages"') });
  });

  it('takes numbers for variables, and prints the answer as JSON, apart from the log', async () => {
    const file = given(
      JSON.stringify({ AuthorizerFunction: { ...envVars.AuthorizerFunction, AUTHACTION_ALLOW_LOG_RATE: 1 } }),
    );
    const sample = ['AuthorizerFunction', 'events/authorizer/expired.json'];
    const { code, stdout, stderr } = await command([...sample, '--env-vars', file, ...app]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ errorMessage: 'Unauthorized' });
    expect(stderr).toContain('"reason":"expired"');
  });

  it('names the functions there are', async () => {
    const { code, stderr } = await command(['NoFunction', 'events/public/anyone.json', ...app]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'There is no function NoFunction: it is one of PublicFunction, ProtectedFunction, ScopedFunction, AuthorizerFunction\n',
    );
  });

  it.each<[string, string[], RegExp]>([
    ['no arguments', [], / invoke .*FUNCTION EVENT\.json \[options\]/],
    ['a file that is not there', ['PublicFunction', 'no.json'], /no\.json cannot be read: ENOENT$/],
    ['a file that is no JSON', ['PublicFunction', 'infra/app.ts'], /infra\/app\.ts is not JSON$/],
    [
      'values for no function',
      ['PublicFunction', 'cdk.json', '--env-vars', given('null')],
      /must hold values by function/,
    ],
    ['a list as a value', ['PublicFunction', 'cdk.json', '--env-vars', given('{"A":{"B":[]}}')], /must hold values by/],
    ['an unknown option', ['--nonsense'], /Unknown option '--nonsense'/],
  ])('says what is wrong with %s', async (_case, args, message) => {
    const failure = invoke(args);
    await expect(failure).rejects.toThrow(UsageError); // exit code 2, as above
    await expect(failure).rejects.toThrow(message);
  });
});
