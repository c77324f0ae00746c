import { OpenApiAuthorizer } from 'authaction-aws';
import { Stack, type StackProps } from 'aws-cdk-lib';
import { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { document } from './document.js';

export class SpecStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const orders = new LambdaFunction(this, 'Orders', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'handler.handler',
      code: Code.fromAsset('dist'),
    });
    const uri = `arn:${this.partition}:apigateway:${this.region}:lambda:path/2015-03-31/functions/${orders.functionArn}/invocations`;
    const settings = { domain: 'tenant.eu.authaction.com', audience: ['https://api.example.com'] };
    const auth = new OpenApiAuthorizer(this, 'Auth', { ...settings, document: document(uri) });
    const api = new SpecRestApi(this, 'Api', { apiDefinition: auth.apiDefinition });
    auth.allow(api);
    orders.addPermission('Api', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: api.arnForExecuteApi(),
    });
  }
}
