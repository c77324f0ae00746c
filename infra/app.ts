import { App } from 'aws-cdk-lib';
import { ConfigError } from '../lambdas/authorizer/config';
import { projectRoot } from './bundling';
import { RouteTableError } from './route-table/validate';
import { parseSettings, readStageEnvironment } from './settings';
import { ApiStack } from './stack';

/** Builds the app from the environment, `.env.<stage>`, `.env` and the CDK context: the first that has a value wins. */
function main(): void {
  const app = new App();
  const { env, stage } = readStageEnvironment(projectRoot, app.node.tryGetContext('stage'));
  const settings = parseSettings(env, stage);
  new ApiStack(app, `authaction-api-${settings.stage}`, { settings });
  app.synth();
}

try {
  main();
} catch (error) {
  if (error instanceof ConfigError) {
    console.error(`${error.message}\nSet them in the environment or in .env (see .env.example).`);
  } else if (error instanceof RouteTableError) {
    console.error(error.message);
  } else throw error;
  process.exitCode = 1;
}
