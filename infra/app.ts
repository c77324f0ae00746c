import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { ConfigError } from '../lambdas/authorizer/config';
import { parseSettings, readEnvironment } from './settings';
import { ApiStack } from './stack';

/** Builds the app from the environment, `.env` and the CDK context. */
function main(): void {
  const app = new App();
  const env = readEnvironment(join(__dirname, '..', '.env'));
  const settings = parseSettings(env, app.node.tryGetContext('stage') ?? undefined);
  new ApiStack(app, `authaction-api-${settings.stage}`, { settings });
  app.synth();
}

try {
  main();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`${error.message}\nSet them in the environment or in .env (see .env.example).`);
  process.exitCode = 1;
}
