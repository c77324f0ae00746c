import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { routes } from '../lambdas/routes';
import { ProtectedApi } from './protected-api';
import type { Settings } from './settings';

export interface ApiStackProps extends StackProps {
  readonly settings: Settings;
}

/** The whole deployment: the API, its authorizer and its handlers. */
export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: ApiStackProps) {
    super(scope, id, props);
    const { api } = new ProtectedApi(this, 'ProtectedApi', { routes, settings });
    new CfnOutput(this, 'ApiUrl', { value: api.url, description: 'Base URL of the API' });
  }
}
