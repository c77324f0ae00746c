import { METADATA_PATH } from '../../infra/resource-metadata';
import { parseJsonObject } from '../../lambdas/shared/json';
import type { ApiModel, MethodModel } from './api-model';

/**
 * The API as it is published at another URL: its metadata (RFC 9728) and the challenges that name them have the URL of the
 * local gateway in place of the deployed API's, so that clients find the way here as they do there.
 */
export function publishedAt(url: string, api: ApiModel): ApiModel {
  const deployed = api.methods.flatMap(urlOf)[0];
  if (deployed === undefined) return api;
  const changed = mapMetadata(api, (metadata) => ({
    ...metadata,
    resource: String(metadata.resource).replace(deployed, url),
  }));
  const gatewayResponses = [...api.gatewayResponses].map(([type, { headers, ...response }]) => {
    const lines = Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll(`"${deployed}/`, `"${url}/`) : value,
    ]);
    return [type, { ...response, headers: Object.fromEntries(lines) }] as const;
  });
  return { ...changed, gatewayResponses: new Map(gatewayResponses) };
}

/** The API with another issuer in its metadata. */
export const withAuthorizationServer = (issuer: string, api: ApiModel): ApiModel =>
  mapMetadata(api, (metadata) => ({ ...metadata, authorization_servers: [issuer] }));

type Metadata = Readonly<Record<string, unknown>>;

function mapMetadata(api: ApiModel, change: (metadata: Metadata) => Metadata): ApiModel {
  const methods = api.methods.map((method) => {
    const metadata = metadataOf(method);
    if (metadata === undefined) return method;
    return { ...method, integration: { ...method.integration, body: JSON.stringify(change(metadata)) } };
  });
  return { ...api, methods };
}

/** The document that a method answers with, if it is an API's metadata. */
function metadataOf({ path, integration }: MethodModel): Metadata | undefined {
  if (integration.type !== 'MOCK' || !path.startsWith(METADATA_PATH)) return undefined;
  return parseJsonObject(integration.body);
}

/** The URL of the API that a method's metadata are about: their identifier without what follows the well-known path. */
function urlOf(method: MethodModel): readonly string[] {
  const { resource } = metadataOf(method) ?? {};
  const suffix = method.path.slice(METADATA_PATH.length);
  return typeof resource === 'string' && resource.endsWith(suffix)
    ? [resource.slice(0, resource.length - suffix.length)]
    : [];
}
