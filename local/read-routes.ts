import { ROUTES_FILE, readDeployedRoutes } from '../lambdas/authorizer/deployed-routes';
import type { Route } from '../lambdas/shared/route-table';
import type { ApiModel } from './gateway/api-model';

/**
 * The route table an API was synthesized with: the one its authorizer carries.
 *
 * @throws Error when no authorizer of this project protects the API.
 */
export function readRoutes({ methods, functions }: ApiModel): readonly Route[] {
  const ids = new Set(methods.flatMap(({ authorizer }) => (authorizer ? [authorizer.functionId] : [])));
  const [folder] = [...ids].flatMap((id) => functions.get(id)?.assetPath ?? []);
  if (folder === undefined) throw new Error(`No authorizer with a ${ROUTES_FILE} protects this API`);
  return readDeployedRoutes(folder);
}
