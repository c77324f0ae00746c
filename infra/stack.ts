import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import { Architecture, type CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { BundledFunction } from './constructs/bundled-function';
import { ProtectedApi } from './constructs/protected-api';
import type { Settings } from './settings';

export interface ApiStackProps extends StackProps {
  readonly settings: Settings;
}

/** The whole deployment: one {@link ProtectedApi} as the settings want it. */
export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: ApiStackProps) {
    super(scope, id, { description: `API protected by AuthAction access tokens (${settings.stage})`, ...props });
    const { AUTHACTION_DOMAIN, AUTHACTION_AUDIENCE, ...authorizerSettings } = settings.authorizerEnvironment;
    const alarmTopic = settings.alarmTopicArn && Topic.fromTopicArn(this, 'AlarmTopic', settings.alarmTopicArn);

    const { api, authorizer, handlers } = new ProtectedApi(this, 'ProtectedApi', {
      domain: AUTHACTION_DOMAIN,
      audience: AUTHACTION_AUDIENCE,
      authorizerSettings,
      cacheTtl: Duration.seconds(settings.cacheTtlSeconds),
      authorizerMemorySize: settings.authorizerMemoryMegabytes,
      allowOrigin: settings.corsAllowOrigin,
      architecture: settings.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      sourceMaps: settings.sourceMaps,
      logRetention: settings.logRetention,
      logRemovalPolicy: settings.keepLogsOnDelete ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      apiName: `authaction-api-${settings.stage}`,
      stageName: settings.stage,
      throttlingRateLimit: settings.throttleRequestsPerSecond,
      throttlingBurstLimit: settings.throttleBurstRequests,
      accessLogs: settings.accessLogs !== 'off',
      cloudWatchRole: settings.accessLogs === 'on-with-account-role',
      runbookUrl: settings.runbookUrl,
      ...(alarmTopic && { alarmTopic }),
    });

    setLogicalId(authorizer.handler, 'AuthorizerFunction');
    for (const [folder, handler] of handlers) setLogicalId(handler, `${pascalCase(folder)}Function`);

    const tags = { service: 'authaction-api', stage: settings.stage, ...settings.tags };
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value);

    api.node.tryRemoveChild('Endpoint'); // CDK's own output of the same URL, under a name nobody can remember
    new CfnOutput(this, 'ApiUrl', { value: api.url, description: 'Base URL of the API' });
    new CfnOutput(this, 'AuthorizerLogGroup', {
      value: authorizer.handler.logGroup.logGroupName,
      description: 'Log group with one line per decision',
    });
  }
}

/** Readable ids keep the `sam local invoke` commands short, and stay the same when constructs move. */
function setLogicalId(handler: BundledFunction, id: string): void {
  (handler.function.node.defaultChild as CfnFunction).overrideLogicalId(id);
}

const pascalCase = (name: string): string =>
  name.replace(/(?:^|[^a-z0-9]+)([a-z0-9])/gi, (_match, letter: string) => letter.toUpperCase());
