import { App } from 'aws-cdk-lib';
import { routes } from '../lambdas/routes';
import { projectRoot } from './bundling';
import { readStageEnvironment } from './environment';
import { ProblemsError } from './problems';
import { parseSettings } from './settings';
import { ApiStack } from './stack';

/** Builds the app from the environment, `.env.<stage>`, `.env` and the CDK context: the first that has a value wins. */
function main(): void {
  const app = new App({ autoSynth: false }); // after a problem, a half-built app would be synthesized all the same
  const { env, stage } = readStageEnvironment(projectRoot, app.node.tryGetContext('stage'));
  const settings = parseSettings(env, stage);
  new ApiStack(app, settings.stackName, { routes, settings });
  app.synth();
}

try {
  main();
} catch (error) {
  if (!(error instanceof ProblemsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
