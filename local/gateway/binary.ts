/**
 * Whether a media type is one of the API's binary media types. Only the whole type counts, and the entry for all of them.
 *
 * @param header a `Content-Type` or `Accept` header, of which API Gateway honors the first media type only.
 */
export function isBinary(binaryMediaTypes: readonly string[], header: string | undefined): boolean {
  const [first = ''] = (header ?? '').split(/[,;]/);
  return binaryMediaTypes.some((type) => type === '*/*' || type.toLowerCase() === first.trim().toLowerCase());
}
