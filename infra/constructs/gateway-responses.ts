import { Stack } from 'aws-cdk-lib';
import { CfnGatewayResponse, type IRestApi, ResponseType } from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import { challenge, exposedHeaders, forbidden, unauthorized, unavailable } from '../../lambdas/shared/answers';
import { deployAfter, homeOf, isIdOf } from './api-home';
import type { Cors } from './cors';

/**
 * Which of API Gateway's own answers get this project's shape.
 *
 * `all`: refusals, outages, unknown routes and every other error. `refusals`: only what the authorizer causes (401, 403,
 * 503), so that an API keeps its own `DEFAULT_4XX`, `DEFAULT_5XX` and `MISSING_AUTHENTICATION_TOKEN`. `none`: callers get
 * API Gateway's own texts, and 500 instead of 503 while the provider's keys are unavailable.
 */
export type GatewayResponses = 'all' | 'refusals' | 'none';

/** An answer that API Gateway gives by itself. */
interface GatewayAnswer {
  readonly type: ResponseType;
  readonly statusCode?: string;
  /** JSON. Variables are inserted without escaping, so the only one used is a quoted string of API Gateway's own. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Challenges {
  readonly unauthorized: string;
  readonly forbidden: string;
}

/**
 * What a 401 and a 403 say in `WWW-Authenticate`: one text for every request, since API Gateway takes literals only. With
 * metadata a 401 names an error, also where there is no token: some clients get no new token without it
 * (docs/decisions/0013-one-challenge-for-every-401.md).
 *
 * @param metadataUrl where the metadata are (RFC 9728 5.1).
 */
function challengesWith(metadataUrl: string | undefined): Challenges {
  if (metadataUrl === undefined) return challenge;
  const parameter = `, resource_metadata="${metadataUrl}"`;
  return { unauthorized: `${challenge.invalidToken}${parameter}`, forbidden: `${challenge.forbidden}${parameter}` };
}

const RETRY_AFTER_SECONDS = '5';
const MESSAGE = '$context.error.messageString';

const refusals = (challenges: Challenges): readonly GatewayAnswer[] => [
  {
    type: ResponseType.UNAUTHORIZED,
    statusCode: '401',
    body: JSON.stringify(unauthorized),
    headers: { 'WWW-Authenticate': challenges.unauthorized },
  },
  {
    type: ResponseType.ACCESS_DENIED,
    statusCode: '403',
    body: JSON.stringify(forbidden),
    headers: { 'WWW-Authenticate': challenges.forbidden },
  },
  // The authorizer throws when the provider's keys are unavailable: an outage must not log users out.
  ...[ResponseType.AUTHORIZER_FAILURE, ResponseType.AUTHORIZER_CONFIGURATION_ERROR].map((type) => ({
    type,
    statusCode: '503',
    body: JSON.stringify(unavailable),
    headers: { 'Retry-After': RETRY_AFTER_SECONDS },
  })),
];

const others: readonly GatewayAnswer[] = [
  {
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    statusCode: '403',
    body: `{"error":"Forbidden","message":${MESSAGE}}`,
  },
  { type: ResponseType.DEFAULT_4XX, body: `{"error":"Bad Request","message":${MESSAGE}}` },
  { type: ResponseType.DEFAULT_5XX, body: `{"error":"Internal Server Error","message":${MESSAGE}}` },
];

const CHOICES: readonly GatewayResponses[] = ['all', 'refusals', 'none'];

function answersOf(choice: GatewayResponses, challenges: Challenges): readonly GatewayAnswer[] {
  if (!CHOICES.includes(choice)) throw new Error(`gatewayResponses is none of ${CHOICES.join(', ')}.`);
  if (choice === 'none') return [];
  return choice === 'all' ? [...refusals(challenges), ...others] : refusals(challenges);
}

/** The responses that this project has added to an API, so that a second authorizer of the API shares them. */
const added = new WeakMap<IRestApi, Map<string, CfnGatewayResponse>>();

/**
 * Gives API Gateway's own answers this API's JSON shape and CORS headers, and refusals their challenge. What another
 * authorizer of this project has added to the same API before stays as it is.
 */
export function addGatewayResponses(
  owner: Construct,
  api: IRestApi,
  choice: GatewayResponses,
  cors: Cors,
  metadataUrl?: string,
): void {
  const ours = added.get(api) ?? new Map<string, CfnGatewayResponse>();
  added.set(api, ours);
  if (metadataUrl !== undefined && ours.size > 0) {
    throw new Error(
      "The API has its gateway responses from another authorizer: set protectedResource on the API's first one.",
    );
  }
  const missing = answersOf(choice, challengesWith(metadataUrl)).filter(({ type }) => !ours.has(type.responseType));
  if (missing.length === 0) return;
  const home = homeOf(api, owner);
  for (const answer of missing) {
    const { responseType } = answer.type;
    const properties = propertiesOf(answer, cors);
    const response = new CfnGatewayResponse(home, responseType, {
      restApiId: api.restApiId,
      responseType,
      ...properties,
    });
    ours.set(responseType, response);
  }
  deployAfter(api, [...ours.values()], {
    gatewayResponses: [choice, cors, ...(metadataUrl === undefined ? [] : [metadataUrl])],
  });
}

/** An answer's properties, named as in CloudFormation and in an OpenAPI document alike. */
function propertiesOf({ statusCode, body, headers = {} }: GatewayAnswer, cors: Cors) {
  const literals = {
    'Access-Control-Expose-Headers': [...exposedHeaders, ...cors.exposeHeaders].join(','),
    'Cache-Control': 'no-store',
    ...headers,
  };
  const values = {
    ...originHeaders(cors),
    ...Object.fromEntries(Object.entries(literals).map(([name, value]) => [name, `'${value}'`])),
  };
  return {
    ...(statusCode === undefined ? {} : { statusCode }),
    responseParameters: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [`gatewayresponse.header.${name}`, value]),
    ),
    responseTemplates: { 'application/json': body },
  };
}

/**
 * Which origins may read an answer. API Gateway puts fixed text or a header of the request there, and cannot look the
 * caller's origin up in a list ("a non-VTL mapping template"). Several origins are therefore answered with every origin:
 * the answers are fixed text, and only a listed origin may send a token, since the preflight does look it up.
 */
function originHeaders({ allowOrigins, allowCredentials }: Cors): Readonly<Record<string, string>> {
  const [first, ...others] = allowOrigins;
  if (others.length === 0) {
    return { 'Access-Control-Allow-Origin': `'${first}'`, ...(allowCredentials ? CREDENTIALS : {}) };
  }
  return allowCredentials
    ? { 'Access-Control-Allow-Origin': 'method.request.header.Origin', Vary: "'Origin'", ...CREDENTIALS }
    : { 'Access-Control-Allow-Origin': "'*'" };
}

const CREDENTIALS = { 'Access-Control-Allow-Credentials': "'true'" };

/** The responses of a choice by type, as `x-amazon-apigateway-gateway-responses` of an OpenAPI document has them. */
export function gatewayResponseDefinitions(choice: GatewayResponses, cors: Cors, metadataUrl?: string) {
  return Object.fromEntries(
    answersOf(choice, challengesWith(metadataUrl)).map((answer) => [
      answer.type.responseType,
      propertiesOf(answer, cors),
    ]),
  );
}

/** Response types that the API's stack defines twice, once here and once by the API's owner. To be called at synth. */
export function gatewayResponseProblems(api: IRestApi): string[] {
  const ours = added.get(api) ?? new Map<string, CfnGatewayResponse>();
  return Stack.of(api)
    .node.findAll()
    .filter((node) => node instanceof CfnGatewayResponse)
    .filter(
      (node) => isIdOf(api, node.restApiId) && ours.has(node.responseType) && ours.get(node.responseType) !== node,
    )
    .map(
      (node) =>
        `The API has two gateway responses of type ${node.responseType}: ${node.node.path} and ` +
        `${ours.get(node.responseType)?.node.path}. Remove yours, or keep it with gatewayResponses: 'refusals' or 'none'.`,
    );
}
