import { Stack, type StackProps } from 'aws-cdk-lib';
import { EndpointType, MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Route } from '../../lambdas/shared/route-table';
import { AuthActionAuthorizer } from '../constructs/authaction-authorizer';

const routes = [
  { method: 'GET', path: '/orders', handler: 'orders', access: 'token' },
] as const satisfies readonly Route[];

/** An API of one's own, here a private one behind a VPC endpoint, that gets AuthAction tokens. */
export class PrivateApiStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const api = new RestApi(this, 'Api', {
      endpointConfiguration: {
        types: [EndpointType.PRIVATE],
        vpcEndpoints: [
          InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(this, 'Endpoint', {
            vpcEndpointId: 'vpce-0123456789abcdef0',
            port: 443,
          }),
        ],
      },
      cloudWatchRole: false,
    });
    // Only that endpoint may call, and every call still needs a token.
    api.grantInvokeFromVpcEndpointsOnly([
      InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(this, 'Caller', {
        vpcEndpointId: 'vpce-0123456789abcdef0',
        port: 443,
      }),
    ]);

    // The authorizer itself stays outside the VPC: it has to reach the provider's key set and nothing else.
    const { methodOptions } = new AuthActionAuthorizer(this, 'Authorizer', {
      api,
      domain: 'tenant.example.com',
      audience: ['https://api.example.com'],
      routes,
    });
    // A route of the table: the authorizer allows no others.
    api.root.addResource('orders').addMethod('GET', new MockIntegration(), methodOptions);
  }
}
