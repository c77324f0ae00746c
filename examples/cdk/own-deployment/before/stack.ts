import { Stack, type StackProps } from 'aws-cdk-lib';
import { Deployment, LambdaIntegration, ResponseType, RestApi, Stage } from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const handler = new LambdaFunction(this, 'Orders', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'handler.handler',
      code: Code.fromAsset('dist'),
    });
    const api = new RestApi(this, 'Api', { deploy: false });
    api.addGatewayResponse('ClientErrors', {
      type: ResponseType.DEFAULT_4XX,
      templates: { 'application/json': '{"code":"$context.error.responseType"}' },
    });
    api.root.addResource('orders').addMethod('GET', new LambdaIntegration(handler));
    const deployment = new Deployment(this, 'Deployment', { api });
    new Stage(this, 'Stage', { deployment, stageName: 'v1' });
  }
}
