import type { Duration } from 'aws-cdk-lib';
import type { Code, Runtime } from 'aws-cdk-lib/aws-lambda';

/** Options of a handler that {@link ProtectedApi} makes, or of all of them. */
export interface HandlerOptions {
  /**
   * Memory in megabytes; CPU comes in proportion.
   * @default 256
   */
  readonly memorySize?: number;
  /**
   * How long a call may take. API Gateway waits for at most 29 seconds.
   * @default Duration.seconds(10)
   */
  readonly timeout?: Duration;
  /**
   * Environment variables. Those of one handler go before those of all, and both before the ones of `corsEnvironment`.
   * @default those of `corsEnvironment` only
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A handler that {@link ProtectedApi} makes: a function with JSON logs in a log group of its own and no other rights. */
export interface HandlerProps extends HandlerOptions {
  /** The built code, such as `Code.fromAsset('dist/orders')`. */
  readonly code: Code;
  /**
   * File and export that answer, as Lambda writes it.
   * @default 'index.handler'
   */
  readonly handler?: string;
  /**
   * Runtime that the code is for.
   * @default Runtime.NODEJS_24_X
   */
  readonly runtime?: Runtime;
}
