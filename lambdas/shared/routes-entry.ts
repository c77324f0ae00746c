/** What a route table is written with: `authaction-aws/routes`. */
export { routesFromOpenApi } from './openapi-routes';
export { type Access, type HttpMethod, httpMethods, type Route } from './route-table';
