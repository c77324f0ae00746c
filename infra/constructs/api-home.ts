import { isDeepStrictEqual } from 'node:util';
import { Aspects, Stack, Token } from 'aws-cdk-lib';
import { Deployment, type IRestApi } from 'aws-cdk-lib/aws-apigateway';
import { Construct, type IConstruct } from 'constructs';

/**
 * Where resources that belong to an API are made: in the API's own stack, so that a stack with the authorizer's function
 * never depends on the stack with the API. In the same stack that is the owner itself.
 *
 * @param owner the construct the resources belong to.
 */
export function homeOf(api: IRestApi, owner: Construct): Construct {
  const stack = Stack.of(api);
  if (stack === Stack.of(owner)) return owner;
  const id = `${owner.node.id}-${owner.node.addr}`;
  return (stack.node.tryFindChild(id) as Construct | undefined) ?? new Construct(stack, id);
}

/**
 * Whether two constructs are the same API: an app split between stacks imports its own API where it adds methods, by a
 * reference to its id. An id that is written out says nothing of the account.
 */
export const isSameApi = (api: IRestApi, other: IRestApi): boolean =>
  api === other || (api.restApiId === other.restApiId && Token.isUnresolved(api.restApiId));

/** Whether a reference to an API's id means this API. */
export function isIdOf(api: IRestApi, restApiId: string): boolean {
  const stack = Stack.of(api);
  return isDeepStrictEqual(stack.resolve(restApiId), stack.resolve(api.restApiId));
}

/**
 * Makes every deployment of the API wait for resources and be made anew when they change: the API's own one, and any
 * `Deployment` that its stack makes for an API with `deploy: false`, whenever it is made.
 *
 * @param content what the resources are made from; a change of it changes the deployment.
 */
export function deployAfter(api: IRestApi, resources: readonly IConstruct[], content: unknown): void {
  const done = new Set<IConstruct>();
  Aspects.of(Stack.of(api)).add({
    visit(node) {
      if (!(node instanceof Deployment) || !isSameApi(node.api, api) || done.has(node)) return;
      done.add(node);
      node.node.addDependency(...resources);
      node.addToLogicalId(Stack.of(api).resolve(content));
    },
  });
}
