import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, findApp, projectOf } from '../../local/app';
import { synthesize } from '../../local/synthesize';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'app-')));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (name: string, content: unknown): void =>
  writeFileSync(join(root, name), typeof content === 'string' ? content : JSON.stringify(content));

describe('the app of a folder', () => {
  it('is that of the nearest cdk.json', () => {
    write('cdk.json', { app: 'node app.mjs' });
    mkdirSync(join(root, 'lib', 'deep'), { recursive: true });
    expect(findApp(join(root, 'lib', 'deep'))).toEqual({ root, source: { command: 'node app.mjs' }, context: {} });
    expect(projectOf(join(root, 'lib', 'deep'))).toBe(root);
  });

  it('is built first, where cdk.json says how, and run with Node where it is a script', () => {
    write('app.js', '');
    write('cdk.json', { app: 'app.js', build: 'npm run build' });
    expect(findApp(root).source).toEqual({ command: `npm run build && "${process.execPath}" app.js` });
  });

  it('has the context of both files, where cdk.json wins', () => {
    write('cdk.json', { app: 'x', context: { a: 1, b: 1 } });
    write('cdk.context.json', { b: 2, c: 2 });
    expect(findApp(root).context).toEqual({ a: 1, b: 1, c: 2 });
  });

  it('may be named: another command, or a cloud assembly, which needs no cdk.json', () => {
    mkdirSync(join(root, 'cdk.out'));
    expect(findApp(root, 'cdk.out').source).toEqual({ assembly: join(root, 'cdk.out') });
    write('cdk.json', { app: 'x' });
    expect(findApp(root, 'node other.js').source).toEqual({ command: 'node other.js' });
    write('cdk.json', { app: 'cdk.out' });
    expect(findApp(root).source).toEqual({ assembly: join(root, 'cdk.out') });
  });

  it.each<[string, unknown, string]>([
    ['no cdk.json', undefined, 'There is no cdk.json in'],
    ['a cdk.json that is not JSON', '{', 'is not JSON'],
    ['a cdk.json that is a list', [], 'holds no JSON object'],
    ['a cdk.json without app', {}, 'names no app'],
  ])('is an error for people with %s', (_what, content, message) => {
    if (content !== undefined) write('cdk.json', content);
    expect(() => findApp(root)).toThrow(AppError);
    expect(() => findApp(root)).toThrow(message);
  });
});

describe('a synthesis', () => {
  const synth = (signal?: AbortSignal) => synthesize(findApp(root), join(root, 'out'), { GIVEN: 'given' }, signal);

  it('runs the command in the shell, in the project, as the CDK does', async () => {
    write('cdk.json', { app: 'cd . && node app.js', context: { flag: true } });
    write(
      'app.js',
      `const { mkdirSync, writeFileSync } = require('node:fs');
       const { CDK_OUTDIR: out, ...env } = process.env;
       mkdirSync(out);
       writeFileSync(out + '/manifest.json', JSON.stringify({ cwd: process.cwd(), env }));`,
    );
    const folder = await synth();
    expect(folder).toBe(join(root, 'out'));
    const { cwd, env } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    expect(cwd).toBe(root);
    expect(env).toMatchObject({ GIVEN: 'given', CDK_VALIDATION: 'false', CDK_DEFAULT_ACCOUNT: '123456789012' });
    expect(JSON.parse(env.CDK_CONTEXT_JSON)).toEqual({
      flag: true,
      'aws:cdk:enable-asset-metadata': true,
      'aws:cdk:disable-creation-stack-traces': true,
    });
  });

  it('hands a context that no variable can hold to the CDK in a file', async () => {
    const lookups = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`vpc-${index}`, 'x'.repeat(80)]));
    write('cdk.json', { app: `node ${join(root, 'app.js')}`, context: lookups });
    const cdk = JSON.stringify(require.resolve('aws-cdk-lib'));
    write(
      'app.js',
      `const { App, Stack, CfnOutput } = require(${cdk});
      const app = new App();
      new CfnOutput(new Stack(app, 'Stack'), 'Value', { value: app.node.tryGetContext('vpc-1999') });
      app.synth();`,
    );
    const folder = await synth();
    expect(readFileSync(join(folder, 'Stack.template.json'), 'utf8')).toContain(lookups['vpc-1999']);
  }, 30_000);

  it.each([
    [
      'what the compiler says',
      'console.log("lib/a.ts(3,5): error TS1005"); process.exit(2)',
      /^lib\/a\.ts\(3,5\): error TS1005$/,
    ],
    [
      'an error with the place in the app',
      'throw new Error("GET /x is not in the table")',
      /^Error: GET \/x is not in the table\n +at [^\n]+$/,
    ],
    ['that there is no assembly', '', /^node app\.js wrote no cloud assembly/],
  ])('that fails says %s', async (_what, code, message) => {
    write('cdk.json', { app: 'node app.js' });
    write('app.js', code);
    await expect(synth()).rejects.toThrow(AppError);
    await expect(synth()).rejects.toThrow(message);
  });

  it('ends with all its processes when it is aborted', async () => {
    const script = join(root, 'app.js');
    write('cdk.json', { app: `node ${script}; true` });
    write('app.js', 'setInterval(() => {}, 1000)');
    const abort = new AbortController();
    const running = synth(abort.signal);
    const isRunning = (): boolean => execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).includes(script);
    while (!isRunning()) await new Promise((resolve) => setTimeout(resolve, 20));
    abort.abort();
    await expect(running).rejects.toThrow('Interrupted');
    while (isRunning()) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('of an assembly reads that', async () => {
    mkdirSync(join(root, 'cdk.out'));
    const app = findApp(root, 'cdk.out');
    await expect(synthesize(app, join(root, 'out'), {})).rejects.toThrow('is not a cloud assembly');
    writeFileSync(join(root, 'cdk.out', 'manifest.json'), '{}');
    await expect(synthesize(app, join(root, 'out'), {})).resolves.toBe(join(root, 'cdk.out'));
  });
});
