import { type Duration, Names, Stack } from 'aws-cdk-lib';
import { AuthorizationType, CfnAuthorizer, type IRestApi, type MethodOptions } from 'aws-cdk-lib/aws-apigateway';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { deployAfter, homeOf } from './api-home';

export interface ApiAuthorizerProps {
  readonly api: IRestApi;
  readonly fn: IFunction;
  readonly cacheTtl: Duration;
}

/** An authorizer of an API, and what a method needs to be behind it. */
export interface ApiAuthorizer {
  readonly authorizerId: string;
  readonly methodOptions: MethodOptions;
}

const MAX_CACHE_TTL_SECONDS = 3_600;
const NO_DURATION = 'cacheTtl is no Duration: write Duration.minutes(5), for example.';

/** @throws Error for a time that API Gateway does not take, and for what is no time. */
export function checkCacheTtl(cacheTtl: Duration): void {
  if (typeof cacheTtl.toSeconds !== 'function') throw new Error(NO_DURATION); // without the types' help
  if (cacheTtl.toSeconds() <= MAX_CACHE_TTL_SECONDS) return;
  throw new Error(`cacheTtl is ${cacheTtl.toSeconds()} s: API Gateway keeps a decision for at most one hour.`);
}

/** What API Gateway calls for a decision. */
export function authorizerUri({ partition, region }: Stack, fn: IFunction): string {
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${fn.functionArn}/invocations`;
}

/** The header that must be there, and by which decisions are cached. */
export const IDENTITY_SOURCE = 'method.request.header.Authorization';

/**
 * Adds a REQUEST authorizer to an API, whether a method uses it or not. Made of L1 constructs: the CDK's
 * `RequestAuthorizer` puts the permission into the function's stack, so that two stacks would depend on each other.
 */
export function addApiAuthorizer(owner: Construct, { api, fn, cacheTtl }: ApiAuthorizerProps): ApiAuthorizer {
  checkCacheTtl(cacheTtl);
  const home = homeOf(api, owner);
  const { partition, region, account } = Stack.of(api);
  const authorizer = new CfnAuthorizer(home, 'Authorizer', {
    restApiId: api.restApiId,
    name: Names.uniqueId(owner),
    type: 'REQUEST',
    identitySource: IDENTITY_SOURCE,
    authorizerResultTtlInSeconds: cacheTtl.toSeconds(),
    authorizerUri: authorizerUri(Stack.of(api), fn),
  });
  new CfnPermission(home, 'Permission', {
    action: 'lambda:InvokeFunction',
    functionName: fn.functionArn,
    principal: 'apigateway.amazonaws.com',
    sourceArn: `arn:${partition}:execute-api:${region}:${account}:${api.restApiId}/authorizers/${authorizer.ref}`,
  });
  deployAfter(api, [authorizer], { authorizer: [fn.functionArn, cacheTtl.toSeconds()] });
  const authorizationType = AuthorizationType.CUSTOM;
  return {
    authorizerId: authorizer.ref,
    methodOptions: { authorizationType, authorizer: { authorizerId: authorizer.ref, authorizationType } },
  };
}
