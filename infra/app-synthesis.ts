import { App } from 'aws-cdk-lib';
import { routes } from '../lambdas/routes';
import { projectRoot } from './bundling';
import { readStageEnvironment } from './environment';
import { parseSettings } from './settings';
import { ApiStack } from './stack';

/**
 * Builds the app from the environment, `.env.<stage>`, `.env` and the CDK context: the first that has a value wins.
 *
 * @throws ProblemsError when the settings or the route table cannot be used, and what the bundler throws.
 */
export function synthesizeApp(): void {
  const app = new App({ autoSynth: false }); // after a problem, a half-built app would be synthesized all the same
  const { env, stage } = readStageEnvironment(projectRoot, app.node.tryGetContext('stage'));
  const settings = parseSettings(env, stage);
  new ApiStack(app, settings.stackName, { routes, settings });
  app.synth();
}
