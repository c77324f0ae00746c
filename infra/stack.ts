import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { CfnFunction, IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Route } from '../lambdas/shared/route-table';
import { acknowledgeFindings } from './acknowledgements';
import { lambdaFolders } from './bundling';
import { corsEnvironment } from './constructs/cors';
import { functionDefaults } from './constructs/logged-function';
import { ProtectedApi } from './constructs/protected-api';
import { createHandlers } from './handlers';
import { validateRoutes } from './route-table/validate';
import type { Settings } from './settings';

export interface ApiStackProps extends StackProps {
  readonly routes: readonly Route[];
  readonly settings: Settings;
}

/** The whole deployment: one {@link ProtectedApi} of a table, with the handlers of `lambdas/`, as the settings want it. */
export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, { routes, settings, ...props }: ApiStackProps) {
    super(scope, id, { description: `API protected by AuthAction access tokens (${settings.stage})`, ...props });
    validateRoutes(routes, { handlers: lambdaFolders().filter((f) => f !== 'authorizer'), stage: settings.stage });
    const alarmTopic = settings.alarmTopicArn && Topic.fromTopicArn(this, 'AlarmTopic', settings.alarmTopicArn);
    const handlers = createHandlers(this, {
      ...functionDefaults(settings.api),
      routes,
      sourceMaps: settings.sourceMaps,
      environment: corsEnvironment(settings.api),
    });
    const protectedApi = new ProtectedApi(this, 'ProtectedApi', {
      ...settings.api,
      routes,
      handlers: Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, handler.function])),
      apiName: settings.stackName,
      stageName: settings.stage,
      ...(alarmTopic && { alarmTopic }),
    });
    const { api, authorizer } = protectedApi;
    acknowledgeFindings(protectedApi, handlers, settings.api.accessLogs ?? false);

    setLogicalId(authorizer.handler, 'AuthorizerFunction');
    for (const [name, handler] of Object.entries(handlers))
      setLogicalId(handler.function, `${pascalCase(name)}Function`);

    Tags.of(this).add('service', 'authaction-api');
    Tags.of(this).add('stage', settings.stage);

    api.node.tryRemoveChild('Endpoint'); // the CDK's own output of the same URL, under a generated name
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    output('ApiUrl', api.url, 'Base URL of the API');
    output('AuthorizerFunctionName', authorizer.handler.functionName, 'Function that decides on tokens');
    output('AuthorizerLogGroup', authorizer.logGroup.logGroupName, 'Log group with one line per decision');
    if (protectedApi.dashboard) {
      output('DashboardName', protectedApi.dashboard.dashboardName, 'CloudWatch dashboard of the API');
    }
  }
}

/** Readable ids keep the `sam local invoke` commands short, and stay the same when constructs move. */
function setLogicalId(fn: IFunction, id: string): void {
  (fn.node.defaultChild as CfnFunction).overrideLogicalId(id);
}

const pascalCase = (name: string): string =>
  name.replace(/(?:^|[^a-z0-9]+)([a-z0-9])/gi, (_match, letter: string) => letter.toUpperCase());
