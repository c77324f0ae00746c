import type { Row } from './row';
import { authorizers } from './rows/authorizer';
import { binaryBodies, bodies } from './rows/body';
import { events } from './rows/event';
import { gatewayResponses } from './rows/gateway-responses';
import { limits } from './rows/limits';
import { paths } from './rows/paths';
import { proxyAnswers } from './rows/proxy-answers';
import { query } from './rows/query';
import { requestHeaders } from './rows/request-headers';
import { responseHeaders } from './rows/response-headers';
import { routing } from './rows/routing';

/** What API Gateway does with a Regional REST API, by area: the contract of the local gateway. */
export const table: Readonly<Record<string, readonly Row[]>> = {
  paths,
  routing,
  query,
  'request headers': requestHeaders,
  event: events,
  body: bodies,
  'proxy answers': proxyAnswers,
  'response headers': responseHeaders,
  authorizer: authorizers,
  'gateway responses': gatewayResponses,
  limits,
};

/** The same of an API with binary media types: {@link BINARY_MEDIA_TYPES}. */
export const binaryTable: Readonly<Record<string, readonly Row[]>> = { 'binary media types': binaryBodies };

export const BINARY_MEDIA_TYPES = ['application/octet-stream', 'image/png'];

/** What sources disagree on, or none tells. No row asserts it. */
export const doubtful = [
  'null in an authorizer’s context',
  'the spelling of Authorization on Regional endpoints',
  'whether an Authorization header with an AWS signature is dropped on a known route',
  '%2F inside a variable that is not greedy',
  'the preflight of a path with a trailing slash',
  'double slashes inside a path',
  'the answer to headers or a URL that is too long',
];
