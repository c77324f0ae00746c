import type { Construct } from 'constructs';
import type { Route } from '../lambdas/shared/route-table';
import { bundleLambda } from './bundling';
import { describeHandler, handlerDefaults } from './constructs/api-handlers';
import { type FunctionDefaults, LoggedFunction } from './constructs/logged-function';

export interface HandlersProps extends FunctionDefaults {
  readonly routes: readonly Route[];
  /** Whether source maps go into the zips, so that stack traces name TypeScript lines. */
  readonly sourceMaps: boolean;
  readonly environment: Readonly<Record<string, string>>;
}

/** A function for each handler of the table, bundled from `lambdas/<handler>/handler.ts`, by its name. */
export function createHandlers(scope: Construct, props: HandlersProps): Readonly<Record<string, LoggedFunction>> {
  const { routes, sourceMaps, environment, ...defaults } = props;
  const names = [...new Set(routes.map(({ handler }) => handler))];
  return Object.fromEntries(
    names.map((name) => {
      const fn = new LoggedFunction(scope, `Handler-${name}`, {
        ...defaults,
        ...handlerDefaults,
        code: bundleLambda(name, sourceMaps),
        name: `lambdas/${name}`,
        description: describeHandler(name, routes),
        environment,
      });
      return [name, fn] as const;
    }),
  );
}
