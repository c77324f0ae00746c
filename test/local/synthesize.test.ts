import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, findApp } from '../../local/app';
import { synthesize } from '../../local/synthesize';

test('rejects settings that cannot be used with every problem, and writes no assembly', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'synthesize-'));
  try {
    const failure = synthesize(findApp(process.cwd()), folder, { AUTHACTION_DOMAIN: '', AUTHACTION_AUDIENCE: '' });
    await expect(failure).rejects.toThrow(AppError);
    await expect(failure).rejects.toThrow(/^The settings cannot be used.*AUTHACTION_DOMAIN.*AUTHACTION_AUDIENCE/s);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('an app that fails', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'synthesize app-')));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** What is said of an app with this code. */
  async function messageFor(code: string): Promise<string> {
    writeFileSync(join(root, 'app.cjs'), code);
    const app = { root, source: { command: 'node app.cjs' }, context: {} };
    return synthesize(app, join(root, 'out'), {}).then(
      () => 'it did not fail',
      (error: Error) => error.message,
    );
  }

  test('is described by its message and the place in its own code', async () => {
    const message = await messageFor("\nfunction build() {\n  JSON.parse('{');\n}\nbuild();\n");
    expect(message).toMatch(/^SyntaxError: .*JSON.*\n +at build \(app\.cjs:3:8\)$/);
  });

  test('is described without the properties of its error', async () => {
    const message = await messageFor("throw Object.assign(new Error('no'), { problems: [{ kind: 'x' }] });");
    expect(message).toMatch(/^Error: no\n +at .*app\.cjs:1:21\)?$/);
  });

  test('is described with the cause of its error', async () => {
    const message = await messageFor("throw new Error('no', { cause: new Error('the disk is full') });");
    expect(message).toMatch(/^Error: no\n[\s\S]*\[cause\]: Error: the disk is full/);
  });

  test('is described by the problems that the CDK finds, without code of the CDK', async () => {
    const cdk = JSON.stringify(require.resolve('aws-cdk-lib'));
    const message = await messageFor(
      `const { App, Stack } = require(${cdk});\nconst app = new App();\nconst stack = new Stack(app, 'S');\n` +
        "stack.node.addValidation({ validate: () => ['it is not right'] });\n",
    );
    expect(message).toBe('Validation failed with the following errors:\n  [S] it is not right');
  });

  test('is described by what the CDK says of a line of the app, without code of the CDK', async () => {
    const cdk = JSON.stringify(require.resolve('aws-cdk-lib'));
    const message = await messageFor(
      `const { App, Stack, aws_s3 } = require(${cdk});\nconst stack = new Stack(new App(), 'S');\n` +
        "new aws_s3.Bucket(stack, 'B', { bucketName: 'UPPER' });\n",
    );
    expect(message).toMatch(/^Invalid S3 bucket name \(value: UPPER\)\nBucket name must [^\n]*\n/);
    expect(message).toMatch(/\n {4}at [^\n]*app\.cjs:3:1\)?\nRelates to construct:\n/);
    expect(message).not.toMatch(/node_modules|\.\.\./);
  });
});
