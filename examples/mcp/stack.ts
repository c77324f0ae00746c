import { join } from 'node:path';
import { ProtectedApi } from 'authaction-aws';
import { Stack, type StackProps } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { routes } from './routes.js';

export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const handler = (name: string) =>
      new NodejsFunction(this, name, {
        runtime: Runtime.NODEJS_24_X,
        entry: join(__dirname, `${name}.ts`),
        memorySize: 512,
        bundling: { minify: true },
      });
    new ProtectedApi(this, 'Api', {
      routes,
      handlers: { rest: handler('rest'), mcp: handler('mcp') },
      domain: 'tenant.eu.authaction.com',
      audience: ['https://api.example.com'],
      protectedResource: { path: '/mcp' },
      allowHeaders: ['MCP-Protocol-Version', 'Mcp-Method', 'Mcp-Name'], // what MCP clients in browsers send
    });
  }
}
