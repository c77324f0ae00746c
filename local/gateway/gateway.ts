import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Invocation, LocalFunction } from '../lambda/start-function';
import { listen, shut } from '../listen';
import { readBody } from '../read-body';
import type { Answer } from './answer';
import type { ApiModel } from './api-model';
import { type Authorization, type AuthorizerRun, authorize, createAuthorizerCache } from './authorization';
import { proxyEvent, type RoutedRequest } from './events';
import { gatewayResponse, type ResponseType } from './gateway-response';
import { readProxyAnswer } from './proxy-answer';
import { type GatewayRequest, MAX_BODY_BYTES, MAX_HEADER_BYTES, readRequest } from './request';
import { createRouter, type FindMethod } from './router';

/** What happens to a request, in this order; `requestId` ties it together. Nothing here holds a token. */
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
  | {
      readonly type: 'answer';
      readonly requestId: string;
      readonly method: string;
      readonly path: string;
      readonly status: number;
      /** Path of the route, such as `/items/{id}`; absent for none. */
      readonly resource?: string;
      /** Where the gateway answered by itself. */
      readonly responseType?: ResponseType;
      /** From the last byte of the request's head to the answer, in milliseconds. */
      readonly milliseconds: number;
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
  const serve = (next: Deployment): Served => ({ ...next, find: createRouter(next.api) });
  let current = serve(deployment);

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const request = readRequest(message);
    const { requestId, method, path } = request;
    onEvent({ type: 'request', requestId, method, path });
    const { answer, responseType, resource } = await answerTo(request, message).catch((error: unknown): Answered => {
      console.error(error);
      return refuse('INTEGRATION_FAILURE', request);
    });
    send(response, request, answer);
    onEvent({
      type: 'answer',
      requestId,
      method,
      path,
      status: answer.status,
      ...(resource ? { resource } : {}),
      ...(responseType ? { responseType } : {}),
      milliseconds: performance.now() - startedAt,
    });
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
    const body = await readBody(message, MAX_BODY_BYTES);
    if (body === undefined) return refuse('REQUEST_TOO_LARGE', request);
    const match = find(request.method, request.path);
    if (!match) return refuse('MISSING_AUTHENTICATION_TOKEN', request);
    const invoke = (id: string, event: unknown): Promise<Invocation> => {
      const target = functions.get(id);
      if (!target) throw new Error(`There is no function ${id}`);
      return target.invoke(event);
    };
    return { resource: match.method.path, ...(await answerMethod({ api, request, ...match }, body, invoke)) };
  }

  async function answerMethod(
    routed: RoutedRequest,
    body: string,
    invoke: (id: string, event: unknown) => Promise<Invocation>,
  ): Promise<Answered> {
    const { request } = routed;
    const { authorizer: authorizerModel, integration } = routed.method;

    let authorizer: Readonly<Record<string, string | number>> | undefined;
    if (authorizerModel) {
      const call = (event: unknown): Promise<Invocation> => invoke(authorizerModel.functionId, event);
      const { authorization, run } = await authorize(authorizerModel, routed, cache, call);
      onEvent({ type: 'authorizer', requestId: request.requestId, outcome: authorization.outcome, ...run });
      switch (authorization.outcome) {
        case 'unauthorized':
          return refuse('UNAUTHORIZED', request);
        case 'failed':
          return refuse('AUTHORIZER_FAILURE', request);
        case 'misconfigured':
          return refuse('AUTHORIZER_CONFIGURATION_ERROR', request);
        case 'denied': {
          const explicit = authorization.result === 'explicit-deny' ? ' with an explicit deny' : '';
          const denied = `User is not authorized to access this resource${explicit}`;
          return refuse('ACCESS_DENIED', request, { message: denied, authorizer: authorization.context });
        }
        case 'allowed':
          authorizer = authorization.authorizer;
      }
    }

    if (integration.type === 'MOCK') {
      const headers = [['Content-Type', 'application/json'] as const, ...Object.entries(integration.headers)];
      return { answer: { status: integration.statusCode, headers, body: '' } };
    }
    const invocation = await within(
      integration.timeoutMs,
      invoke(integration.functionId, proxyEvent(routed, body, authorizer)),
    );
    if (!invocation) return refuse('INTEGRATION_TIMEOUT', request);
    onEvent({ type: 'handler', requestId: request.requestId, functionId: integration.functionId, invocation });
    const answer = invocation.ok ? readProxyAnswer(invocation.result) : undefined;
    return answer ? { answer } : refuse('INTEGRATION_FAILURE', request);
  }

  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES },
    (message, response) => void handle(message, response),
  );
  const actualPort = await listen(server, port);
  return {
    url: `http://127.0.0.1:${actualPort}`,
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
  for (const [name, value] of [
    ['x-amzn-RequestId', request.requestId] as const,
    ['x-amz-apigw-id', request.extendedRequestId] as const,
    ...headers,
  ]) {
    response.appendHeader(name, value);
  }
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
