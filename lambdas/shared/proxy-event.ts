/**
 * The event of an API Gateway REST proxy integration, as far as it is documented ("Input format of a Lambda function for
 * proxy integration"). Takes the place of `APIGatewayProxyEvent` of `@types/aws-lambda`, which need not be installed; the
 * two are compatible.
 */
export interface ProxyEvent {
  readonly resource: string;
  readonly path: string;
  readonly httpMethod: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[] | undefined>>;
  readonly queryStringParameters: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueQueryStringParameters: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly pathParameters: Readonly<Record<string, string | undefined>> | null;
  readonly stageVariables: Readonly<Record<string, string | undefined>> | null;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    readonly accountId: string;
    readonly apiId: string;
    readonly requestId: string;
    readonly stage: string;
    readonly httpMethod: string;
    readonly resourcePath: string;
    /** What the authorizer wrote; {@link withCaller} reads it. */
    readonly authorizer?: unknown;
    readonly identity: { readonly sourceIp: string; readonly userAgent: string | null };
  };
}

/** What a proxy integration answers with. */
export interface ProxyResult {
  statusCode: number;
  headers?: Record<string, boolean | number | string>;
  multiValueHeaders?: Record<string, (boolean | number | string)[]>;
  body: string;
  isBase64Encoded?: boolean;
}
