import { readDeployedRoutes } from '../lambdas/authorizer/deployed-routes';
import type { Route } from '../lambdas/shared/route-table';
import type { ServedApi } from './served-api';

/** The route table an API was synthesized with: the one its authorizer carries, or those of all its authorizers. */
export const readRoutes = ({ template, authorizers }: ServedApi): readonly Route[] =>
  authorizers.flatMap((id) => readDeployedRoutes(String(template.Resources[id]?.Metadata['aws:asset:path'])));
