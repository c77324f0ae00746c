import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { LogRecord } from '../lambda/messages';
import { type Invocation, type LocalFunction, MAX_EVENT_BYTES } from '../lambda/start-function';
import { listen, shut } from '../listen';
import { readBodyBytes } from '../read-body';
import type { Answer } from './answer';
import type { ApiModel, AuthorizerModel } from './api-model';
import { type Authorization, type AuthorizerRun, authorize, createAuthorizerCache } from './authorization';
import { isBinary } from './binary';
import { methodArn, proxyEvent, type RoutedRequest } from './events';
import { gatewayResponse, type ResponseType } from './gateway-response';
import { allowedOrigin } from './preflight-template';
import { MalformedAnswerError, readProxyAnswer, UndecodableBodyError } from './proxy-answer';
import { publishedAt } from './published-addresses';
import {
  frontProblem,
  type GatewayRequest,
  headerValues,
  MAX_BODY_BYTES,
  MAX_HEADER_BYTES,
  MAX_URL_LENGTH,
  readRequest,
} from './request';
import { createRouter, type FindMethod } from './router';
import { unknownRouteAnswer } from './unknown-route';

/** Longest method ARN of a method with an authorizer, in bytes (API Gateway's quota). */
const MAX_METHOD_ARN_BYTES = 1600;

/** What happens to a request, in this order; `requestId` ties it together. Nothing here holds a token, unless a handler logs or answers one. */
export type GatewayEvent =
  | { readonly type: 'request'; readonly requestId: string; readonly method: string; readonly path: string }
  | ({
      readonly type: 'authorizer';
      readonly requestId: string;
      readonly outcome: Authorization['outcome'];
    } & AuthorizerRun)
  | {
      readonly type: 'handler';
      readonly requestId: string;
      readonly functionId: string;
      readonly invocation: Invocation;
    }
  /** Why the gateway could not take a function's answer: one line under the function's name. */
  | {
      readonly type: 'log';
      readonly requestId: string;
      readonly functionId: string;
      readonly record: LogRecord;
    }
  | {
      readonly type: 'answer';
      readonly requestId: string;
      readonly method: string;
      readonly path: string;
      /** As sent, from the question mark on; absent for none. */
      readonly query?: string;
      readonly status: number;
      /** Path of the route, such as `/items/{id}`; absent for none. */
      readonly resource?: string;
      /** Where the gateway answered by itself. */
      readonly responseType?: ResponseType;
      /** From the last byte of the request's head to the answer. */
      readonly milliseconds: number;
      /** What the caller got, but for the headers that API Gateway adds to every answer. */
      readonly answer: Answer;
    };

interface Answered {
  readonly answer: Answer;
  readonly responseType?: ResponseType;
  readonly resource?: string;
}

/** An API with the functions that serve it, by logical id. */
export interface Deployment {
  readonly api: ApiModel;
  readonly functions: ReadonlyMap<string, LocalFunction>;
}

export interface Gateway {
  readonly url: string;
  /** Serves another deployment from the next request on. Cached authorizer results are dropped. */
  deploy(deployment: Deployment): void;
  clearAuthorizerCache(): void;
  /** Results that the authorizer cache holds. */
  authorizerCacheSize(): number;
  close(): Promise<void>;
}

interface Served extends Deployment {
  readonly find: FindMethod;
}

type Invoke = (functionId: string, event: unknown) => Promise<Invocation>;

/**
 * Serves an API on loopback the way API Gateway serves it, stage name left out of the address. Throttling, IAM and
 * response caching are not imitated.
 *
 * @param port 0: any free one.
 * @throws PortError
 */
export async function startGateway(
  port: number,
  deployment: Deployment,
  onEvent: (event: GatewayEvent) => void = () => undefined,
): Promise<Gateway> {
  const cache = createAuthorizerCache();
  const serve = (next: Deployment): Served => {
    const api = publishedAt(url, next.api);
    return { ...next, api, find: createRouter(api) };
  };

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAtMs = performance.now();
    const request = readRequest(message);
    const { requestId, method, path } = request;
    onEvent({ type: 'request', requestId, method, path });
    const { answer, responseType, resource } = await answerTo(request, message).catch((error: unknown): Answered => {
      // Not complete: the caller went away.
      if (message.complete) report(request, 'Gateway', error instanceof Error ? error.message : String(error));
      return refuse('INTEGRATION_FAILURE', request);
    });
    send(response, request, answer);
    onEvent({
      type: 'answer',
      requestId,
      method,
      path,
      ...(request.query.size > 0 ? { query: request.url.slice(request.url.indexOf('?')) } : {}),
      status: answer.status,
      ...(resource ? { resource } : {}),
      ...(responseType ? { responseType } : {}),
      milliseconds: performance.now() - startedAtMs,
      answer,
    });
  }

  function report({ requestId }: GatewayRequest, functionId: string, message: string): void {
    const record = { timestamp: new Date().toISOString(), level: 'ERROR', requestId, message } as const;
    onEvent({ type: 'log', requestId, functionId, record });
  }

  function refuse(
    type: ResponseType,
    request: GatewayRequest,
    options?: { message?: string; authorizer?: Readonly<Record<string, string>> },
  ): Answered {
    return { answer: gatewayResponse(type, current.api, request, options), responseType: type };
  }

  async function answerTo(request: GatewayRequest, message: IncomingMessage): Promise<Answered> {
    const { api, functions, find } = current;
    const problem = frontProblem(message);
    if (problem) return refuse(problem, request);
    const body = await readBodyBytes(message, MAX_BODY_BYTES);
    if (body === undefined) return refuse('CONTENT_TOO_LARGE', request);
    const match = find(request.method, request.path);
    if (!match) {
      const { type, ...options } = unknownRouteAnswer(request);
      return refuse(type, request, options);
    }
    const invoke = (id: string, event: unknown): Promise<Invocation> => {
      const target = functions.get(id);
      if (!target) throw new Error(`There is no function ${id}`);
      return target.invoke(event);
    };
    return { resource: match.method.path, ...(await answerMethod({ api, request, ...match }, body, invoke)) };
  }

  async function answerMethod(routed: RoutedRequest, body: Buffer, invoke: Invoke): Promise<Answered> {
    const { request, method } = routed;
    let authorizer: Readonly<Record<string, string | number>> | undefined;
    if (method.authorizer) {
      const authorized = await answerAuthorizer(routed, method.authorizer, invoke);
      if ('answer' in authorized) return authorized;
      authorizer = authorized.authorizer;
    }
    const { integration } = method;
    if (integration.type === 'MOCK') {
      const mediaType = headerValues(request, 'Content-Type').at(-1);
      if (!integration.convertsToText && isBinary(routed.api.binaryMediaTypes, mediaType)) {
        // Seen on AWS with */*, whatever the body: https://github.com/clebert/aws-simple/issues/167
        const problem = 'answers 500: where every body is binary, its request needs ContentHandling CONVERT_TO_TEXT';
        report(request, `${method.httpMethod} ${method.path}`, problem);
        return refuse('API_CONFIGURATION_ERROR', request);
      }
      const origin = allowedOrigin(integration.origins ?? [], request.headers);
      const own = {
        ...integration.headers,
        ...(origin === undefined ? {} : { 'Access-Control-Allow-Origin': origin }),
      };
      const headers = [['Content-Type', 'application/json'] as const, ...Object.entries(own)];
      return { answer: { status: integration.statusCode, headers, body: integration.body } };
    }

    const { functionId, timeoutMs } = integration;
    const event = proxyEvent(routed, body, authorizer);
    if (Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_BYTES) return refuse('REQUEST_TOO_LARGE', request);
    const invocation = await within(timeoutMs, invoke(functionId, event));
    if (!invocation) {
      report(request, functionId, `did not answer within the ${timeoutMs} ms of its integration`);
      return refuse('INTEGRATION_TIMEOUT', request);
    }
    onEvent({ type: 'handler', requestId: request.requestId, functionId, invocation });
    if (!invocation.ok) return refuse('INTEGRATION_FAILURE', request);
    const binary = { mediaTypes: routed.api.binaryMediaTypes, accept: headerValues(request, 'Accept').at(-1) };
    try {
      const { headers, ...answer } = readProxyAnswer(invocation.result, binary);
      return { answer: { ...answer, headers: [['X-Amzn-Trace-Id', request.traceId], ...headers] } };
    } catch (error) {
      if (!(error instanceof MalformedAnswerError || error instanceof UndecodableBodyError)) throw error;
      report(request, functionId, `Malformed Lambda proxy response: ${error.message}`);
      return refuse(error instanceof MalformedAnswerError ? 'INTEGRATION_FAILURE' : 'API_CONFIGURATION_ERROR', request);
    }
  }

  /** What the authorizer hands on to the handler, or the refusal. */
  async function answerAuthorizer(
    routed: RoutedRequest,
    model: AuthorizerModel,
    invoke: Invoke,
  ): Promise<Answered | { readonly authorizer: Readonly<Record<string, string | number>> }> {
    const { request } = routed;
    if (Buffer.byteLength(methodArn(routed)) > MAX_METHOD_ARN_BYTES) return refuse('URI_TOO_LONG', request);
    const { authorization, run } = await authorize(model, routed, cache, (event) => invoke(model.functionId, event));
    onEvent({ type: 'authorizer', requestId: request.requestId, outcome: authorization.outcome, ...run });
    switch (authorization.outcome) {
      case 'unauthorized':
        return refuse('UNAUTHORIZED', request);
      case 'failed':
        return refuse('AUTHORIZER_FAILURE', request);
      case 'misconfigured':
        report(request, model.functionId, `Malformed authorizer answer: ${authorization.problem}`);
        return refuse('AUTHORIZER_CONFIGURATION_ERROR', request);
      case 'denied': {
        const explicit = authorization.result === 'explicit-deny' ? ' with an explicit deny' : '';
        const message = `User is not authorized to access this resource${explicit}`;
        return refuse('ACCESS_DENIED', request, { message, authorizer: authorization.context });
      }
      case 'allowed':
        return { authorizer: authorization.authorizer };
    }
  }

  const server = createServer({ maxHeaderSize: MAX_URL_LENGTH + 2 * MAX_HEADER_BYTES }, (message, response) => {
    handle(message, response).catch((error: unknown) => {
      // A caller that went away, or an answer that cannot be sent.
      console.error(`Gateway: ${error instanceof Error ? error.message : String(error)}`);
      response.destroy();
    });
  });
  const url = `http://127.0.0.1:${await listen(server, port)}`;
  let current = serve(deployment);
  return {
    url,
    deploy(next) {
      current = serve(next);
      cache.clear();
    },
    clearAuthorizerCache: () => cache.clear(),
    authorizerCacheSize: () => cache.size(),
    close: () => shut(server),
  };
}

function send(response: ServerResponse, request: GatewayRequest, { status, headers, body }: Answer): void {
  response.statusCode = status;
  for (const [name, value] of headers) response.appendHeader(name, value);
  response.setHeader('x-amzn-RequestId', request.requestId);
  response.setHeader('x-amz-apigw-id', request.extendedRequestId);
  const hasBody = status !== 204 && status !== 304;
  if (hasBody) response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(hasBody && request.method !== 'HEAD' ? body : undefined);
}

/** The promise's value, or `undefined` when it takes longer. */
async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  const first = await Promise.race([promise, late]);
  clearTimeout(timer);
  return first;
}
