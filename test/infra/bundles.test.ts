import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { lambdaFolders } from '../../infra/bundling';
import type { ProtectedApi } from '../../infra/constructs/protected-api';
import { routes } from '../../lambdas/routes';
import { buildLambdas } from '../../scripts/build';
import { apiStack, codeFolder, testApp } from '../support/infra';

test('deploys what npm run build writes, byte for byte', async () => {
  const built = mkdtempSync(join(tmpdir(), 'build-'));
  try {
    await buildLambdas(built);
    const app = testApp();
    const stack = apiStack(app);
    const { authorizer } = stack.node.findChild('ProtectedApi') as ProtectedApi;
    const handler = (name: string) => stack.node.findChild(`Handler-${name}`).node.findChild('Function');
    const functions = Object.fromEntries(
      lambdaFolders().map((name) => [
        name,
        name === 'authorizer' ? authorizer.handler : (handler(name) as LambdaFunction),
      ]),
    );
    for (const [name, fn] of Object.entries(functions)) {
      const deployed = readFileSync(join(codeFolder(app, fn), 'index.js'));
      expect([name, deployed.equals(readFileSync(join(built, name, 'index.js')))]).toEqual([name, true]);
    }
    const table = readFileSync(join(codeFolder(app, authorizer.handler), 'routes.json'), 'utf8');
    expect(JSON.parse(table)).toEqual(routes);
  } finally {
    rmSync(built, { recursive: true });
  }
});
