import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  ApiKeySourceType,
  EndpointType,
  type IRestApi,
  JsonSchemaType,
  LambdaIntegration,
  MockIntegration,
  Model,
  RequestAuthorizer,
  RequestValidator,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Code, type IFunction, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { readTemplate } from '../../../local/gateway/read-template';
import { testApp } from '../../support/infra';
import { bundle } from '../lambda/bundle';

const ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555';

/** A stack of an application that grew around its API. */
function realStack(assetPath: string): Stack {
  const stack = new Stack(
    testApp({
      outdir: join(assetPath, 'cdk.out'),
      postCliContext: { 'aws:cdk:enable-asset-metadata': true },
    }),
    'Real',
  );
  const code = Code.fromAsset(assetPath, { exclude: ['cdk.out'] });
  const runtime = Runtime.NODEJS_24_X;
  const table = new TableV2(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  const bucket = new Bucket(stack, 'Bucket', { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true });
  const queue = new Queue(stack, 'Queue');
  const secret = new Secret(stack, 'Secret');
  const parameter = new StringParameter(stack, 'Parameter', { stringValue: 'value' });
  const shared = StringParameter.valueForStringParameter(stack, '/shared/parameter');
  const authorizer = new LambdaFunction(stack, 'Auth', { code, runtime, handler: 'index.handler' });
  const orders = new LambdaFunction(stack, 'Orders', {
    code,
    runtime,
    handler: 'index.handler',
    vpc: new Vpc(stack, 'Vpc', { natGateways: 0 }) as IVpc,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    deadLetterQueue: queue,
    environment: {
      TABLE: table.tableName,
      TABLE_ARN: table.tableArn,
      BUCKET: bucket.bucketName,
      QUEUE_URL: queue.queueUrl,
      SECRET_ARN: secret.secretArn,
      PARAMETER: parameter.parameterName,
      SHARED: shared,
    },
  });
  table.grantReadWriteData(orders);
  bucket.grantRead(orders);
  const live = orders.addAlias('live', { provisionedConcurrentExecutions: 1 });
  live.addAutoScaling({ maxCapacity: 2 }).scaleOnUtilization({ utilizationTarget: 0.5 });
  const job = new LambdaFunction(stack, 'Job', { code, runtime: Runtime.PYTHON_3_13, handler: 'index.handler' });
  job.addEventSource(new SqsEventSource(queue));
  new Rule(stack, 'Nightly', { schedule: Schedule.rate(Duration.days(1)), targets: [new LambdaTarget(job)] });

  const api = new RestApi(stack, 'Api', {
    cloudWatchRole: true,
    apiKeySourceType: ApiKeySourceType.HEADER,
    domainName: {
      domainName: 'api.example.com',
      certificate: Certificate.fromCertificateArn(stack, 'Certificate', ARN),
      endpointType: EndpointType.REGIONAL,
    },
    defaultCorsPreflightOptions: { allowOrigins: ['https://app.example.com'] },
  });
  api.addUsagePlan('Plan', { apiStages: [{ stage: api.deploymentStage }] }).addApiKey(api.addApiKey('Key'));
  const guard = new RequestAuthorizer(stack, 'Guard', {
    handler: authorizer,
    identitySources: ['method.request.header.Authorization'],
  });
  const schema = { type: JsonSchemaType.OBJECT };
  api.root.addResource('orders').addMethod('POST', new LambdaIntegration(live as IFunction), {
    authorizer: guard,
    requestModels: { 'application/json': new Model(stack, 'Order', { restApi: api as IRestApi, schema }) },
    requestValidator: new RequestValidator(stack, 'Validator', { restApi: api as IRestApi, validateRequestBody: true }),
  });
  new CfnWebACLAssociation(stack, 'Wall', { resourceArn: api.deploymentStage.stageArn, webAclArn: 'arn' });

  const internal = new RestApi(stack, 'Internal');
  internal.root.addMethod('GET', new MockIntegration());
  return stack;
}

it('reads a stack with tables, buckets, networks, schedules, aliases, plans, domains, models and a second API', () => {
  const { path, remove } = bundle({ 'index.js': 'exports.handler = async () => ({});', 'routes.json': '[]' });
  try {
    const stack = realStack(path);
    const { directory } = (stack.node.root as ReturnType<typeof testApp>).synth();
    const template: unknown = JSON.parse(readFileSync(join(directory, 'Real.template.json'), 'utf8'));
    const api = readTemplate(template, directory);
    expect(api.methods.map(({ httpMethod, path: own }) => `${httpMethod} ${own}`).sort()).toEqual([
      'OPTIONS /',
      'OPTIONS /orders',
      'POST /orders',
    ]);
    expect(api.functions.size).toBe(2);
    expect(api.notChecked).toEqual(['usage plans', 'web ACLs', 'custom domains', 'request validation']);
    const orders = [...api.functions.values()].find(({ environment }) => 'TABLE' in environment);
    expect(orders?.environment).toMatchObject({
      TABLE_ARN: expect.stringContaining('not-known-here'),
      SHARED: '/shared/parameter',
    });
  } finally {
    remove();
  }
});
