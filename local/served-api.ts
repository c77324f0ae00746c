import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROUTES_FILE } from '../lambdas/authorizer/deployed-routes';
import { AppError } from './app';
import type { Json, JsonObject } from './gateway/intrinsics';
import { type MergedResource, type MergedTemplate, mergeStacks } from './merge-stacks';
import { readStacks } from './stacks';
import { standIn, type UnrunnableFunction } from './stand-in';

/** The API of an assembly that is served, cut out of all its stacks. */
export interface ServedApi {
  /** One API with everything that belongs to no other; paths of assets are absolute. */
  readonly template: { readonly Resources: Readonly<Record<string, MergedResource>>; readonly Parameters: JsonObject };
  readonly name: string;
  /** Logical ids of its authorizers' functions. */
  readonly authorizers: readonly string[];
  /** Other APIs that `--api` could choose. */
  readonly others: readonly string[];
  /** Functions that stand-ins answer for. */
  readonly unrunnable: readonly UnrunnableFunction[];
  /** Services that the stacks use besides the API's own, such as `DynamoDB`. */
  readonly services: readonly string[];
  /** What the app warns of at synth, each once. */
  readonly warnings: readonly string[];
}

interface Candidate {
  readonly id: string;
  readonly authorizers: readonly string[];
  /** `Stack/LogicalId` */
  readonly label: string;
  /** What `--api` may say. */
  readonly names: readonly string[];
}

/**
 * Reads the API whose methods have an authorizer of this project: one whose code has a route table beside it.
 *
 * @param assembly folder of a cloud assembly.
 * @param scratch folder for the code of stand-ins.
 * @param wanted logical id or name of the API. @default the first
 * @throws AppError
 */
export function readServedApi(assembly: string, scratch: string, wanted?: string): ServedApi {
  const stacks = readStacks(assembly);
  const merged = mergeStacks(stacks);
  const candidates = candidatesIn(merged);
  const labels = candidates.map(({ label }) => label);
  const [first] = candidates;
  const chosen = wanted === undefined ? first : candidates.find(({ names }) => names.includes(wanted));
  if (!first) throw new AppError(whyNone(merged));
  if (!chosen)
    throw new AppError(`There is no API ${wanted} with an AuthAction authorizer: it is one of ${labels.join(', ')}`);

  const unrunnable: UnrunnableFunction[] = [];
  const kept = Object.entries(merged.Resources).filter(([id, resource]) => isPartOf(chosen.id, id, resource));
  const Resources = Object.fromEntries(
    kept.map(([id, resource]) => {
      const stand = standIn(id, resource, scratch);
      if (stand?.reason !== undefined) unrunnable.push({ id, reason: stand.reason });
      return [id, stand?.resource ?? resource];
    }),
  );
  const used = JSON.stringify(Object.values(Resources).filter(({ Type }) => Type === 'AWS::ApiGateway::Method'));
  return {
    template: { Resources, Parameters: merged.Parameters },
    name: chosen.label,
    authorizers: chosen.authorizers,
    others: labels.filter((label) => label !== chosen.label),
    unrunnable: unrunnable.filter(({ id }) => used.includes(`"${id}"`)),
    services: servicesOf(Object.values(merged.Resources)),
    warnings: [...new Set(stacks.flatMap(({ warnings }) => warnings))],
  };
}

function whyNone({ Resources }: MergedTemplate): string {
  const isImported = Object.values(Resources).some(
    ({ Type, Properties }) => Type === 'AWS::ApiGateway::Authorizer' && authorizersIn(Properties, Resources).length > 0,
  );
  const isDocument = Object.values(Resources).some(
    ({ Type, Properties: { Body = '' } }) =>
      Type === 'AWS::ApiGateway::RestApi' && functionsIn(Body, Resources).some((id) => hasRouteTable(Resources[id])),
  );
  if (isDocument)
    return 'The API with the AuthAction authorizer is defined by an OpenAPI document, which is not served here.';
  return isImported
    ? 'The API with the AuthAction authorizer is imported: its methods are not in this app, so it cannot be served here.'
    : 'No API of this app has an AuthAction authorizer: add ProtectedApi or AuthActionAuthorizer to a stack that defines an API.';
}

/** Functions of this project that an authorizer calls. */
const authorizersIn = ({ AuthorizerUri = '' }: JsonObject, resources: MergedTemplate['Resources']): readonly string[] =>
  functionsIn(AuthorizerUri, resources).filter((id) => hasRouteTable(resources[id]));

function candidatesIn({ Resources }: MergedTemplate): readonly Candidate[] {
  const byApi = new Map<string, string[]>();
  for (const { Type, Properties } of Object.values(Resources)) {
    const api = refIn(Properties.RestApiId);
    if (Type !== 'AWS::ApiGateway::Authorizer' || api === undefined || !Resources[api]) continue;
    const ours = authorizersIn(Properties, Resources);
    if (ours.length > 0) byApi.set(api, [...(byApi.get(api) ?? []), ...ours]);
  }
  return [...byApi].map(([id, authorizers]) => {
    const { Properties, stack } = Resources[id] as MergedResource;
    const name = typeof Properties.Name === 'string' ? [Properties.Name] : [];
    return { id, authorizers, label: `${stack}/${id}`, names: [id, `${stack}/${id}`, ...name] };
  });
}

function hasRouteTable(resource: MergedResource | undefined): boolean {
  const asset = resource?.Metadata['aws:asset:path'];
  return (
    typeof asset === 'string' &&
    existsSync(asset) &&
    statSync(asset).isDirectory() &&
    existsSync(join(asset, ROUTES_FILE))
  );
}

/** Logical ids of the functions that a value names, by themselves or through an alias or a version. */
function functionsIn(value: Json, resources: MergedTemplate['Resources']): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: Json) => functionsIn(item, resources));
  const id = refIn(value);
  if (id === undefined) return Object.values(value).flatMap((item) => functionsIn(item, resources));
  const { Type, Properties } = resources[id] ?? {};
  if (Type === 'AWS::Lambda::Function') return [id];
  const isQualifier = Type === 'AWS::Lambda::Alias' || Type === 'AWS::Lambda::Version';
  return isQualifier ? functionsIn(Properties?.FunctionName ?? '', resources) : [];
}

/** The logical id in `Ref` or `Fn::GetAtt`. */
function refIn(value: Json | undefined): string | undefined {
  const { Ref, 'Fn::GetAtt': attribute } = (value ?? {}) as JsonObject;
  const id = Ref ?? (Array.isArray(attribute) ? attribute[0] : undefined);
  return typeof id === 'string' ? id : undefined;
}

function isPartOf(api: string, id: string, { Type, Properties }: MergedResource): boolean {
  if (!Type.startsWith('AWS::ApiGateway::')) return true;
  const owner = Type === 'AWS::ApiGateway::RestApi' ? id : refIn(Properties.RestApiId);
  return owner === undefined || owner === api;
}

/** Services whose resources every such stack has, or that no code calls. */
const OWN_SERVICES = ['ApiGateway', 'CDK', 'CloudFormation', 'CloudWatch', 'IAM', 'Lambda', 'Logs', 'SNS'];

const servicesOf = (resources: readonly MergedResource[]): readonly string[] =>
  [...new Set(resources.map(({ Type }) => Type.split('::')[1] ?? Type))]
    .filter((service) => !OWN_SERVICES.includes(service))
    .sort();
