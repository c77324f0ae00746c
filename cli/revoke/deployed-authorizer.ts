import { AppError } from '../../local/app';
import { aws } from './aws';

/** An authorizer's function as it is deployed. */
export interface DeployedAuthorizer {
  readonly functionName: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Changes with every change of the function. */
  readonly revisionId: string;
}

/** What of a stack a revocation changes. */
export interface DeployedStack {
  readonly authorizers: readonly DeployedAuthorizer[];
  readonly stages: readonly Stage[];
}

export interface Stage {
  readonly apiId: string;
  readonly name: string;
}

interface Resource {
  readonly PhysicalResourceId?: string;
  readonly ResourceType: string;
}

/**
 * Finds the authorizers of a stack and of its nested stacks, and the stages whose caches hold their decisions.
 *
 * @throws AppError when there is no authorizer that knows the list.
 */
export function readStack(stackName: string): DeployedStack {
  const resources = resourcesOf(stackName);
  const authorizers = authorizersOf(stackName, resources);
  const stages = idsOf(resources, 'AWS::ApiGateway::RestApi').flatMap((apiId) =>
    aws<{ readonly item: readonly { readonly stageName: string }[] }>(
      ...['apigateway', 'get-stages', '--rest-api-id', apiId],
    ).item.map(({ stageName }) => ({ apiId, name: stageName })),
  );
  return { authorizers, stages };
}

/** The authorizers alone, as in {@link readStack}. @throws AppError */
export function readAuthorizers(stackName: string): readonly DeployedAuthorizer[] {
  return authorizersOf(stackName, resourcesOf(stackName));
}

function authorizersOf(stackName: string, resources: readonly Resource[]): readonly DeployedAuthorizer[] {
  const authorizers = idsOf(resources, 'AWS::Lambda::Function')
    .map(readFunction)
    .filter(({ variables }) => variables.AUTHACTION_AUDIENCE !== undefined);
  if (authorizers.length === 0) throw new AppError(`${stackName} has no authorizer of this project.`);
  const old = authorizers.find(({ variables }) => variables.AUTHACTION_REVOKED === undefined);
  if (old) {
    throw new AppError(`${old.functionName} does not know AUTHACTION_REVOKED yet: deploy this version first.`);
  }
  return authorizers;
}

const idsOf = (resources: readonly Resource[], type: string): readonly string[] =>
  resources.flatMap(({ PhysicalResourceId, ResourceType }) =>
    ResourceType === type && PhysicalResourceId ? [PhysicalResourceId] : [],
  );

function resourcesOf(stackName: string): readonly Resource[] {
  const { StackResourceSummaries: own } = aws<{ readonly StackResourceSummaries: readonly Resource[] }>(
    ...['cloudformation', 'list-stack-resources', '--stack-name', stackName],
  );
  const nested = own.filter(({ ResourceType }) => ResourceType === 'AWS::CloudFormation::Stack');
  return [...own, ...nested.flatMap(({ PhysicalResourceId: id }) => (id ? resourcesOf(id) : []))];
}

function readFunction(functionName: string): DeployedAuthorizer {
  const { Environment, RevisionId } = aws<{
    readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
    readonly RevisionId: string;
  }>('lambda', 'get-function-configuration', '--function-name', functionName);
  return { functionName, variables: Environment?.Variables ?? {}, revisionId: RevisionId };
}

/**
 * Gives a function another list. Its containers are replaced: the promise of Lambda for a changed configuration.
 *
 * @throws AppError, also when the function has changed since it was read.
 */
export function writeList({ functionName, variables, revisionId }: DeployedAuthorizer, list: string): void {
  const environment = JSON.stringify({ Variables: { ...variables, AUTHACTION_REVOKED: list } });
  const named = ['--function-name', functionName];
  aws(
    ...['lambda', 'update-function-configuration', ...named, '--revision-id', revisionId, '--environment', environment],
  );
  aws('lambda', 'wait', 'function-updated-v2', ...named);
}

/** Throws the cached decisions of a stage away. @throws AppError */
export function flushCache({ apiId, name }: Stage): void {
  aws('apigateway', 'flush-stage-authorizers-cache', '--rest-api-id', apiId, '--stage-name', name);
}
