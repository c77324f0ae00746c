import { isLoopback } from '../../client/http-request';

const URN = 'urn:authaction:audience:';

/** An audience as a resource indicator: that has to be a URI without a fragment (RFC 8707 2), an audience may be any string. */
export const resourceOf = (audience: string): string =>
  audience === '' ? '' : `${URN}${Buffer.from(audience).toString('base64url')}`;

/** The audience that {@link resourceOf} wrote into a resource indicator; any other indicator is itself an audience. */
const audienceOf = (resource: string): string =>
  resource.startsWith(URN) ? Buffer.from(resource.slice(URN.length), 'base64url').toString() : resource;

/**
 * Whether a resource indicator means the API with this audience. An address on this machine does, too: it is what the
 * metadata of an API names here (RFC 9728 2), where the deployed one names its public URL.
 */
export const isResourceOf = (audience: string, resource: string): boolean =>
  audienceOf(resource) === audience || isLocalUrl(resource);

/** Whether a URL leads to this machine. */
export const isLocalUrl = (url: string): boolean => URL.canParse(url) && isLoopback(new URL(url).hostname);
