import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Route } from '../../lambdas/shared/route-table';
import type { HandlerOptions, HandlerProps } from './handler-props';
import { type FunctionDefaults, LoggedFunction } from './logged-function';

/** Defaults of {@link HandlerOptions}. */
export const handlerDefaults = { memorySize: 256, timeout: Duration.seconds(10) } as const;

/** The functions of an API: those that are given, and one for each that is described by props. */
export function addHandlers(
  scope: Construct,
  handlers: Readonly<Record<string, IFunction | HandlerProps>>,
  {
    routes,
    options,
    ...defaults
  }: FunctionDefaults & { readonly routes: readonly Route[]; readonly options: HandlerOptions },
): ReadonlyMap<string, IFunction> {
  return new Map(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      isFunction(handler)
        ? handler
        : new LoggedFunction(scope, `Handler-${name}`, {
            ...defaults,
            ...requireCode(name, handler),
            memorySize: handler.memorySize ?? options.memorySize ?? handlerDefaults.memorySize,
            timeout: handler.timeout ?? options.timeout ?? handlerDefaults.timeout,
            environment: { ...options.environment, ...handler.environment },
            name: `the handler ${name}`,
            description: describeHandler(name, routes),
          }).function,
    ]),
  );
}

const isFunction = (handler: IFunction | HandlerProps): handler is IFunction => Construct.isConstruct(handler);

/** @throws Error for what has no code: JavaScript has no compiler to refuse it. */
function requireCode(name: string, handler: HandlerProps): HandlerProps {
  if (typeof handler?.code?.bindToResource === 'function') return handler; // of any copy of the CDK
  throw new Error(`handlers.${name} is no function and has no code: write { code: Code.fromAsset('dist/${name}') }.`);
}

/** A function's description: the routes that it answers, as far as Lambda's limit allows. */
export function describeHandler(name: string, routes: readonly Route[]): string {
  const served = routes.filter(({ handler }) => handler === name);
  return `Answers ${served.map(({ method, path }) => `${method} ${path}`).join(', ')}`.slice(0, 256);
}
