import type { LogLevel } from '../lambda/messages';

/** What the local gateway serves: the parts of the template that decide how a request is answered. */
export interface ApiModel {
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly functions: ReadonlyMap<string, FunctionModel>;
  readonly methods: readonly MethodModel[];
  /** Bodies of these types go to and come from a Lambda as base64. */
  readonly binaryMediaTypes: readonly string[];
  /** By response type, such as `UNAUTHORIZED`. */
  readonly gatewayResponses: ReadonlyMap<string, GatewayResponseModel>;
  /** What AWS does for this API and the local gateway does not, such as `usage plans`. */
  readonly notChecked: readonly string[];
}

export interface FunctionModel {
  readonly id: string;
  readonly assetPath: string;
  readonly handler: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly logFormat: 'JSON' | 'Text';
  readonly logLevel: LogLevel;
}

export interface MethodModel {
  /** `ANY` for all that have no method of their own. */
  readonly httpMethod: string;
  /** `/items/{id}` */
  readonly path: string;
  readonly resourceId: string;
  /** Absent: every caller may call. */
  readonly authorizer: AuthorizerModel | undefined;
  readonly integration: ProxyIntegration | MockIntegration;
}

export interface AuthorizerModel {
  readonly id: string;
  readonly functionId: string;
  readonly identitySources: readonly IdentitySource[];
  /** 0: nothing is cached. */
  readonly ttlSeconds: number;
}

export interface IdentitySource {
  readonly place: 'header' | 'querystring' | 'context' | 'stageVariables';
  /** `Authorization`; a path such as `identity.sourceIp` in the context. */
  readonly name: string;
}

export interface ProxyIntegration {
  readonly type: 'AWS_PROXY';
  readonly functionId: string;
  readonly timeoutMs: number;
}

export interface MockIntegration {
  readonly type: 'MOCK';
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Origins that replace `Access-Control-Allow-Origin` when they call: a preflight of several origins. */
  readonly origins?: readonly string[];
  readonly body: string;
  /** Whether a binary body is made text before the request's template reads it (`CONVERT_TO_TEXT`). */
  readonly convertsToText?: boolean;
}

/** A literal, or the value of a header of the request. */
export type HeaderValue = string | { readonly requestHeader: string };

export interface GatewayResponseModel {
  readonly statusCode: number | undefined;
  readonly headers: Readonly<Record<string, HeaderValue>>;
  readonly template: string | undefined;
}
