import { Stack, type StackProps } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import type { Route } from '../../lambdas/shared/route-table';
import { AuthActionAuthorizer } from '../constructs/authaction-authorizer';

const routes = [
  { method: 'GET', path: '/orders', handler: 'orders', access: 'token' },
] as const satisfies readonly Route[];

/** A stack with an API of its own, which the authorizer joins. */
export class ExistingApiStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const api = new RestApi(this, 'Api', { cloudWatchRole: false });
    const authorizer = new AuthActionAuthorizer(this, 'AuthAction', {
      api,
      domain: 'tenant.example.com',
      audience: ['https://api.example.com'],
      routes,
    });
    api.root.addResource('orders').addMethod('GET', new MockIntegration(), authorizer.methodOptions);
  }
}
