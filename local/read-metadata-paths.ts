import { METADATA_PATH } from '../infra/resource-metadata';
import type { JsonObject } from './gateway/intrinsics';
import type { ServedApi } from './served-api';

/** Paths at which an API publishes its metadata (RFC 9728), by the methods of its template. */
export function readMetadataPaths({ template: { Resources } }: ServedApi): readonly string[] {
  const pathOf = (id: string): string => {
    const { ParentId, PathPart } = Resources[id]?.Properties ?? {};
    const { Ref } = (ParentId ?? {}) as JsonObject;
    return `${typeof Ref === 'string' ? pathOf(Ref) : ''}/${String(PathPart)}`;
  };
  return Object.values(Resources)
    .filter(({ Type, Properties }) => Type === 'AWS::ApiGateway::Method' && Properties.HttpMethod === 'GET')
    .map(({ Properties }) => pathOf(String(((Properties.ResourceId ?? {}) as JsonObject).Ref)))
    .filter((path) => path === METADATA_PATH || path.startsWith(`${METADATA_PATH}/`))
    .sort();
}
