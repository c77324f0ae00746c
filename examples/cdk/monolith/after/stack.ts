import { AuthActionAuthorizer } from 'authaction-aws';
import { Stack, type StackProps } from 'aws-cdk-lib';
import { LambdaRestApi } from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { routes } from './routes.js';

export class MonolithStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const handler = new LambdaFunction(this, 'Router', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'handler.handler',
      code: Code.fromAsset('dist'),
    });
    const api = new LambdaRestApi(this, 'Api', { handler });
    new AuthActionAuthorizer(this, 'Auth', { api, routes, domain: 'tenant.example.com', audience: ['api'] }).protect();
  }
}
