import { Stack, Token } from 'aws-cdk-lib';
import { type CfnStage, type IRestApi, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type Route, requiredScopes } from '../../lambdas/shared/route-table';
import { type SettingProblem, settingsError } from '../problems';
import { METADATA_PATH, type ResourceMetadata } from '../resource-metadata';

/** What an API publishes about itself, for clients that know nothing but its URL (RFC 9728). */
export interface ProtectedResource {
  /**
   * The API's public URL, to which the paths of the route table are appended: `https://api.example.com`, followed by the
   * base path where the domain name maps one to the API.
   * @default the stage's execute-api URL
   */
  readonly url?: string;
  /**
   * Path below it that clients know as the resource, such as `/mcp`. Refusals then name the metadata of that resource; those
   * of the whole API are published as well.
   * @default none: the whole API is the resource
   */
  readonly path?: string;
  /**
   * The issuer as its discovery document spells it: `https://{domain}`, or that with a slash at the end. The doctor compares.
   * @default 'https://{domain}'
   */
  readonly issuer?: string;
  /**
   * Address of a page for the developers of clients.
   * @default none
   */
  readonly documentation?: string;
}

/** The metadata of an API, and where they are. */
export interface Publication {
  /** What a challenge names as `resource_metadata` (RFC 9728 5.1). */
  readonly metadataUrl: string;
  /** Each document, by its path in the API. */
  readonly documents: Readonly<Record<string, ResourceMetadata>>;
}

/** What is known of the API. */
export interface PublicationContext {
  /** The issuers whose tokens are accepted; the first is the default. */
  readonly issuers: readonly [string, ...string[]];
  readonly routes: readonly Route[];
  /** The API's URL where {@link ProtectedResource.url} is absent; `undefined` when it is unknown at synth. */
  readonly stageUrl: string | undefined;
}

/**
 * What an API publishes.
 *
 * @throws ProblemsError with every value that would mislead clients.
 */
export function publicationOf(
  protectedResource: ProtectedResource,
  { issuers, routes, stageUrl }: PublicationContext,
): Publication {
  if (typeof protectedResource !== 'object') throw new Error(NO_OBJECT); // without the types' help
  const { url: givenUrl, path, issuer: givenIssuer, documentation } = protectedResource;
  const url = givenUrl ?? stageUrl;
  const issuer = givenIssuer ?? issuers[0];
  const problems = [
    ...(url === undefined
      ? [problem('url', "is missing: the API's stage is unknown here, so give its public URL")]
      : []),
    ...checkForm(
      'url',
      url,
      isApiUrl,
      'is not an https URL without a slash at its end, such as https://api.example.com',
    ),
    ...checkForm('path', path, isPlainPath, 'is not a path without variables, such as /mcp'),
    ...checkForm('documentation', documentation, isPageUrl, 'is not an https URL'),
    ...(issuers.includes(issuer) ? [] : [problem('issuer', `is neither ${issuers.join(' nor ')}`)]),
  ];
  // The identifier of a document is the URL that its own address is made from (RFC 9728 3.1), so that clients take it.
  const suffixes = path === undefined ? [''] : ['', path];
  const taken = suffixes.map((suffix) => `${METADATA_PATH}${suffix}`).find((own) => routes.some((r) => r.path === own));
  if (taken !== undefined)
    problems.push({ setting: 'protectedResource', text: `publishes ${taken}: remove the route` });
  if (problems.length > 0) throw settingsError(problems, 'The props cannot be used');
  const metadataOf = (resource: string): ResourceMetadata => ({
    resource,
    authorization_servers: [issuer],
    ...scopesOf(routes),
    bearer_methods_supported: ['header'],
    ...(documentation === undefined ? {} : { resource_documentation: documentation }),
  });
  return {
    metadataUrl: `${url}${METADATA_PATH}${path ?? ''}`,
    documents: Object.fromEntries(
      suffixes.map((suffix) => [`${METADATA_PATH}${suffix}`, metadataOf(`${url}${suffix}`)]),
    ),
  };
}

/**
 * Whether a value is an API's URL as clients write it: nothing in it needs an escape in a quoted header, in JSON or in a
 * mapping template, and no client rewrites it, such as capitals in the host.
 */
export const isApiUrl = (value: string): boolean =>
  /^https:\/\/[a-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._~-]+)*$/.test(value) &&
  URL.canParse(value) &&
  [value, `${value}/`].includes(new URL(value).href);
const isPlainPath = (value: string): boolean => /^(\/(?!\.\.?(\/|$))[A-Za-z0-9._-]+)+$/.test(value);
const isPageUrl = (value: string): boolean => /^https:\/\/[^\s"\\]+$/.test(value);

const NO_OBJECT = "protectedResource is no object: write protectedResource: { url: 'https://api.example.com' }, or {}.";

const problem = (name: keyof ProtectedResource, text: string): SettingProblem => ({
  setting: `protectedResource.${name}`,
  text,
});

/** What is known at deployment only cannot be checked. */
function checkForm(
  name: keyof ProtectedResource,
  value: string | undefined,
  hasForm: (value: string) => boolean,
  text: string,
): readonly SettingProblem[] {
  return value === undefined || Token.isUnresolved(value) || hasForm(value) ? [] : [problem(name, text)];
}

function scopesOf(routes: readonly Route[]): Pick<ResourceMetadata, 'scopes_supported'> {
  const scopes = [...new Set(routes.flatMap(({ access }) => requiredScopes(access)))].sort();
  return scopes.length === 0 ? {} : { scopes_supported: scopes };
}

/**
 * The URL of an API's stage. The stage's name is written out: a reference to the stage would make whatever the stage
 * deploys wait for it.
 *
 * @returns `undefined` when the API is imported, or has no stage of its own.
 */
export function stageUrlOf(api: IRestApi): string | undefined {
  const stage = api instanceof RestApi ? (api.deploymentStage?.node.defaultChild as CfnStage | undefined) : undefined;
  if (stage?.stageName === undefined) return undefined;
  const { region, urlSuffix } = Stack.of(api);
  return `https://${api.restApiId}.execute-api.${region}.${urlSuffix}/${stage.stageName}`;
}
