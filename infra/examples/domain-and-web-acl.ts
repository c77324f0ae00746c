import { Stack, type StackProps } from 'aws-cdk-lib';
import { EndpointType, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { Route } from '../../lambdas/shared/route-table';
import { ProtectedApi } from '../constructs/protected-api';

const routes = [
  { method: 'GET', path: '/orders', handler: 'orders', access: 'token' },
] as const satisfies readonly Route[];

/** An API under its own name, with the account's web ACL in front. */
export class DomainAndWebAclStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const orders = new LambdaFunction(this, 'Orders', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => ({ statusCode: 200 });'),
    });
    const { api } = new ProtectedApi(this, 'ProtectedApi', {
      domain: 'tenant.example.com',
      audience: ['https://api.example.com'],
      routes,
      handlers: { orders },
    });

    // Once the name works, close the other door: `disableExecuteApiEndpoint` of the API's CfnRestApi.
    api.addDomainName('Domain', {
      domainName: 'api.example.com',
      // A certificate of AWS Certificate Manager in this region.
      certificate: Certificate.fromCertificateArn(
        this,
        'Certificate',
        'arn:aws:acm:eu-central-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
      ),
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });

    new CfnWebACLAssociation(this, 'WebAcl', {
      resourceArn: api.deploymentStage.stageArn,
      webAclArn: 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/api/11111111-2222-3333-4444-555555555555',
    });
  }
}
