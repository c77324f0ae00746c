import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../cli/command';
import { revoke as revokeCommand } from '../../../cli/revoke/main';
import { waitForRefusal } from '../../../cli/revoke/refusal';
import { listen, shut } from '../../../local/listen';
import { writeAwsCli } from '../../support/aws-cli';
import { runTool } from '../../support/run-tool';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'revoke-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Account {
  readonly variables: Readonly<Record<string, string>>;
  /** Fails, as an emulator does that has no such call. */
  readonly failingFlush?: boolean;
  readonly apis?: readonly string[];
  readonly outputs?: readonly string[];
}

/** An AWS CLI in the folder, with one stack: it answers as AWS documents, and notes each call. */
function account({ variables, failingFlush = false, apis = ['api1'], outputs = [] }: Account): void {
  const resources = [
    { PhysicalResourceId: 'authorizer-1', ResourceType: 'AWS::Lambda::Function' },
    { PhysicalResourceId: 'handler-1', ResourceType: 'AWS::Lambda::Function' },
    ...apis.map((id) => ({ PhysicalResourceId: id, ResourceType: 'AWS::ApiGateway::RestApi' })),
  ];
  const answers = {
    'list-stack-resources': { StackResourceSummaries: resources },
    'describe-stacks': { Stacks: [{ Outputs: outputs.map((OutputValue) => ({ OutputValue })) }] },
    'get-resources': {
      items: [
        { path: '/' },
        { path: '/public', resourceMethods: { GET: { authorizationType: 'NONE' } } },
        { path: '/orders/{id}', resourceMethods: { GET: { authorizationType: 'CUSTOM' } } },
        {
          path: '/orders',
          resourceMethods: { GET: { authorizationType: 'CUSTOM' }, OPTIONS: { authorizationType: 'NONE' } },
        },
      ],
    },
    'get-stages': { item: [{ stageName: 'prod' }] },
    'get-function-configuration * authorizer-1': { RevisionId: 'r1', Environment: { Variables: variables } },
    'get-function-configuration': { RevisionId: 'r1' },
    'update-function-configuration': { FunctionName: 'authorizer-1' },
  };
  writeAwsCli(folder, answers, failingFlush ? 'flush-stage-authorizers-cache' : undefined);
}

const calls = (): readonly (readonly string[])[] =>
  readFileSync(join(folder, 'calls'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
const names = () => calls().map(([, name]) => name);
const revoke = (args: readonly string[], input?: string) =>
  runTool('revoke', ['--stack', 'authaction-api-prod', ...args], { PATH: `${folder}:${process.env.PATH}` }, input);

const variables = { AUTHACTION_AUDIENCE: 'api', AUTHACTION_JWKS: '', AUTHACTION_REVOKED: 'kid:old' };

test('changes the list and nothing else of the environment, then flushes, then prints the line to keep', async () => {
  account({ variables });
  const { code, stdout, stderr } = await revoke(['--sub', 'alice', '--yes']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('  + sub:alice\n');
  expect(stdout).toContain('\nAUTHACTION_REVOKED=kid:old,sub:alice\n');
  expect(names().slice(-3)).toEqual(['update-function-configuration', 'wait', 'flush-stage-authorizers-cache']);
  const update = calls().find(([, name]) => name === 'update-function-configuration') ?? [];
  expect(update).toEqual(expect.arrayContaining(['--function-name', 'authorizer-1', '--revision-id', 'r1']));
  expect(JSON.parse(update[update.indexOf('--environment') + 1] ?? '')).toEqual({
    Variables: { ...variables, AUTHACTION_REVOKED: 'kid:old,sub:alice' },
  });
  expect(calls().at(-1)).toEqual(expect.arrayContaining(['--rest-api-id', 'api1', '--stage-name', 'prod']));
}, 120_000);

test('takes an entry out again', async () => {
  account({ variables });
  const { code, stdout } = await revoke(['--kid', 'old', '--undo', '--yes']);
  expect(code).toBe(0);
  expect(stdout).toContain('  - kid:old\n');
  expect(stdout).toMatch(/^AUTHACTION_REVOKED=$/m);
}, 120_000);

test('lists and changes nothing', async () => {
  account({ variables });
  expect(await revoke(['--list'])).toEqual({ code: 0, stderr: '', stdout: 'authorizer-1: 1 entry\n  kid:old\n' });
  expect(names()).not.toContain('update-function-configuration');
}, 120_000);

test('changes nothing where it cannot ask', async () => {
  account({ variables });
  expect(await revoke(['--sub', 'alice'])).toMatchObject({ code: 1, stderr: expect.stringContaining('add --yes') });
  expect(names()).not.toContain('update-function-configuration');
}, 120_000);

test('changes nothing when the list does not fit', async () => {
  account({ variables: { ...variables, AUTHACTION_JWKS: 'x'.repeat(4_040) } });
  expect(await revoke(['--sub', 'alice', '--yes'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^A list of 2/),
  });
  expect(names()).not.toContain('update-function-configuration');
}, 120_000);

test('changes nothing of an authorizer that does not know the list', async () => {
  account({ variables: { AUTHACTION_AUDIENCE: 'api' } });
  expect(await revoke(['--sub', 'alice', '--yes'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('deploy this version first'),
  });
}, 120_000);

test('says that cached decisions stay where they cannot be flushed', async () => {
  account({ variables, failingFlush: true });
  expect(await revoke(['--sub', 'alice', '--yes'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('AUTHACTION_REVOKED=kid:old,sub:alice'),
    stderr: expect.stringContaining('stay cached until they expire'),
  });
  account({ variables, apis: [] });
  expect(await revoke(['--sub', 'alice', '--yes'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('The API is in another stack'),
  });
}, 120_000);

describe('with a token', () => {
  let server: Server;
  let api: string;
  /** What the API answers to the token, call by call; the last one stays. */
  let answers: number[];
  beforeEach(async () => {
    server = createServer(({ headers: { authorization } }, response) => {
      if (authorization !== 'Bearer a.b.c') return response.writeHead(401).end();
      return response.writeHead((answers.length > 1 ? answers.shift() : answers[0]) ?? 500).end();
    });
    api = `http://127.0.0.1:${await listen(server, 0)}/orders`;
  });
  afterEach(() => shut(server));
  const sub = ['--sub', 'alice', '--yes', '--token', '-'];

  test('calls until it is refused', async () => {
    account({ variables });
    answers = [200, 200, 503, 401];
    const { code, stdout, stderr } = await revoke([...sub, '--url', api], '{"access_token":"a.b.c"}');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/Calling \S+\/orders with the token until it is refused\.\nRefused after [\d.]+ s\.\n$/);
    expect(names()).toContain('update-function-configuration');
  }, 120_000);

  test('changes the list without a wait when it is refused already', async () => {
    account({ variables });
    answers = [401];
    expect(await revoke([...sub, '--url', api], 'a.b.c')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('refuses the token already'),
    });
    expect(names()).toContain('update-function-configuration');
  }, 120_000);

  test.each([
    ['the API cannot be called', 'http://127.0.0.1:1/orders', 'a.b.c', 1, 'Nothing was changed.'],
    ['there is none', 'http://127.0.0.1:1/orders', ' ', 2, 'The input contains no token.'],
  ])(
    'changes nothing when %s',
    async (_case, url, input, code, message) => {
      account({ variables });
      expect(await revoke([...sub, '--url', url], input)).toMatchObject({
        code,
        stderr: expect.stringContaining(message),
      });
      expect(names()).not.toContain('update-function-configuration');
    },
    120_000,
  );

  test('finds the address to call in the outputs and the deployed methods', async () => {
    account({ variables, outputs: ['arn:aws:iam::role/x', 'https://api1.execute-api.invalid/prod/'] });
    expect(await revoke(sub, 'a.b.c')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^https:\/\/api1\.execute-api\.invalid\/prod\/orders cannot be called/),
    });
    account({ variables });
    expect(await revoke(sub, 'a.b.c')).toMatchObject({ code: 1, stderr: expect.stringContaining('give --url') });
    expect(names()).not.toContain('update-function-configuration');
  }, 120_000);

  test('gives up after the bound, and says what the API answers', async () => {
    answers = [403];
    const waiting = waitForRefusal({ url: api, token: 'a.b.c' }, performance.now(), () => {}, 600);
    await expect(waiting).rejects.toThrow(/^The token is not refused after [\d.]+ s: \S+ answers 403\. Does the entry/);
  }, 60_000);
});

test('says that there is no AWS CLI', async () => {
  const { code, stderr } = await runTool('revoke', ['--stack', 'x', '--list'], { PATH: folder });
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/^The AWS CLI is not installed/) });
}, 120_000);

test('does not quote a token that was given by mistake', async () => {
  const { code, stderr } = await runTool('revoke', ['--stack', 's', '--sub', 'a', 'a.b.c']);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/^There is an argument without/) });
  expect(stderr).not.toContain('a.b.c');
}, 60_000);

test.each([
  [[]],
  [['--stack', '', '--list']],
  [['--stack', 's']],
  [['--stack', 's', '--sub', 'a', '--kid', 'b']],
  [['--stack', 's', '--sub', '']],
  [['--stack', 's', '--list', '--sub', 'a']],
  [['--stack', 's', '--sub', 'a', '--undo', '--before', 'now']],
  [['--stack', 's', '--sub', 'a', '--undo', '--token', '-']],
  [['--stack', 's', '--list', '--token', '-']],
  [['--stack', 's', '--sub', 'a', '--token', '']],
  [['--stack', 's', '--sub', 'a', '--url', 'https://api.example.com/orders']],
  [['--stack', 's', '--sub', 'a', '--token', '-', '--url', 'http://api.example.com/orders']],
  [['--stack', 's', '--sub', 'a', '--token', '-', '--url', 'https://me:pw@api.example.com/orders']],
])('does not understand %j', async (args) => {
  const print = jest.spyOn(console, 'log');
  await expect(revokeCommand(args)).rejects.toThrow(UsageError); // exit code 2, as above
  expect(print).not.toHaveBeenCalled();
});
