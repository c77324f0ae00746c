import { createHash } from 'node:crypto';
import type { ResponseType } from './gateway-response';
import { type GatewayRequest, headerValues } from './request';

/**
 * What API Gateway says to a request for which the API has no method: it takes it for one of AWS's own, so it asks for
 * an AWS signature (Signature Version 4), and takes any `Authorization` header for one.
 */
export function unknownRouteAnswer(request: GatewayRequest): { type: ResponseType; message?: string } {
  const authorization = headerValues(request, 'Authorization').at(-1)?.trim() ?? '';
  if (authorization === '') return { type: 'MISSING_AUTHENTICATION_TOKEN' };
  const hash = createHash('sha256').update(authorization).digest('base64');
  const parts = (/^\S+\s+(.*)$/s.exec(authorization)?.[1] ?? '').split(',').map((part) => part.trim());
  const isSingleWord = !/\s/.test(authorization);
  if (!isSingleWord && parts.some((part) => !part.includes('='))) {
    return {
      type: 'INCOMPLETE_SIGNATURE',
      message: `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`,
    };
  }
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter(
    (name) => !parts.some((part) => part.startsWith(`${name}=`)),
  );
  if (missing.length > 0) {
    const sentences = missing.map((name) => `Authorization header requires '${name}' parameter.`);
    const hasDate = ['X-Amz-Date', 'Date'].some((name) => headerValues(request, name).length > 0);
    if (!hasDate) {
      sentences.push(`Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.`);
    }
    return {
      type: 'INCOMPLETE_SIGNATURE',
      message: `${sentences.join(' ')} (Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`,
    };
  }
  return { type: 'INVALID_SIGNATURE' };
}
