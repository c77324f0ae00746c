import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { lambdaFolders } from '../../infra/bundling';
import { buildLambdas } from '../../scripts/build';
import { apiStack, resourcesOf, testApp } from '../support/infra';

test('what is deployed is what npm run build writes, byte for byte', async () => {
  const built = mkdtempSync(join(tmpdir(), 'build-'));
  await buildLambdas(built);

  const app = testApp({ bundle: true });
  const stack = apiStack(app);
  const assembly = app.synth();
  const functions = resourcesOf(Template.fromStack(stack), 'AWS::Lambda::Function');
  const assets = JSON.parse(readFileSync(join(assembly.directory, `${stack.stackName}.assets.json`), 'utf8')).files;

  expect(Object.keys(functions)).toHaveLength(lambdaFolders().length);
  for (const folder of lambdaFolders()) {
    const id = `${folder[0]?.toUpperCase()}${folder.slice(1)}Function`;
    const hash = functions[id]?.Properties.Code.S3Key.replace('.zip', '');
    const deployed = readFileSync(join(assembly.directory, assets[hash].source.path, 'index.js'));
    expect(deployed.equals(readFileSync(join(built, folder, 'index.js')))).toBe(true);
  }
});
