/** Where the local API pretends to be. Account and API are made up; nothing is looked up there. */
export const LOCAL = {
  partition: 'aws',
  region: 'us-east-1',
  accountId: '123456789012',
  apiId: 'local00000',
  deploymentId: 'local0',
} as const;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: JsonObject }>>;
export type JsonObject = Readonly<Record<string, Json>>;

/** A template function or reference that has no value here. */
export class UnresolvableError extends Error {}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': LOCAL.partition,
  'AWS::Region': LOCAL.region,
  'AWS::AccountId': LOCAL.accountId,
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'local',
  'AWS::StackId': `arn:aws:cloudformation:${LOCAL.region}:${LOCAL.accountId}:stack/local/0`,
};

export const ROOT_RESOURCE_ID = 'root';

/** The ARN a function of the template gets. */
export const functionArn = (id: string): string => `arn:aws:lambda:${LOCAL.region}:${LOCAL.accountId}:function:${id}`;

/**
 * Computes a template value: references, attributes and the string functions. A reference to a resource is its logical
 * id, but for the API and its stage.
 *
 * @throws UnresolvableError
 */
export function resolve(value: Json, resources: Resources): Json {
  if (Array.isArray(value)) return value.map((item: Json) => resolve(item, resources));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? ['', null];
  if (entries.length !== 1 || !(name === 'Ref' || name.startsWith('Fn::'))) {
    return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item, resources)]));
  }
  const fail = (): never => {
    throw new UnresolvableError(`${name} ${JSON.stringify(argument)}`);
  };
  // A mapping's arguments may be functions themselves, but for those that name a resource.
  const inner = (): readonly Json[] => {
    const list = resolve(argument, resources);
    return Array.isArray(list) ? list : fail();
  };
  switch (name) {
    case 'Ref':
      return refer(String(argument), resources) ?? fail();
    case 'Fn::GetAtt': {
      const [id = '', attribute = ''] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
      return attributeOf(id, attribute, resources) ?? fail();
    }
    case 'Fn::Join': {
      const [separator, parts] = inner();
      return Array.isArray(parts) ? parts.join(String(separator)) : fail();
    }
    case 'Fn::Split': {
      const [separator, text] = inner();
      return String(text).split(String(separator));
    }
    case 'Fn::Select': {
      const [index, list] = inner();
      return (Array.isArray(list) ? list[Number(index)] : undefined) ?? fail();
    }
    case 'Fn::Sub':
      if (typeof argument !== 'string') return fail();
      return argument.replace(/\$\{([^!}][^}]*)\}/g, (_match, key: string) => {
        const [id = '', attribute] = key.split('.');
        return (attribute === undefined ? refer(id, resources) : attributeOf(id, attribute, resources)) ?? fail();
      });
    default:
      return fail();
  }
}

function refer(id: string, resources: Resources): string | undefined {
  const resource = Object.hasOwn(resources, id) ? resources[id] : undefined;
  if (resource === undefined) return PSEUDO[id];
  if (resource.Type === 'AWS::ApiGateway::RestApi') return LOCAL.apiId;
  if (resource.Type === 'AWS::ApiGateway::Stage') return String(resource.Properties.StageName);
  if (resource.Type === 'AWS::Lambda::Alias') return `${aliasedFunction(resource.Properties, resources)}:alias`;
  if (resource.Type === 'AWS::Lambda::Version') return `${aliasedFunction(resource.Properties, resources)}:version`;
  return id;
}

/** ARN of the function that an alias or a version belongs to. */
const aliasedFunction = ({ FunctionName }: JsonObject, resources: Resources): string =>
  functionArn(String(resolve(FunctionName ?? '', resources)));

function attributeOf(id: string, attribute: string, resources: Resources): string | undefined {
  const type = Object.hasOwn(resources, id) ? resources[id]?.Type : undefined;
  if (type === 'AWS::ApiGateway::RestApi' && attribute === 'RootResourceId') return ROOT_RESOURCE_ID;
  if (type === 'AWS::Lambda::Function' && attribute === 'Arn') return functionArn(id);
  return undefined;
}
