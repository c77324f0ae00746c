/** The table of this repository's app, for its tools. */
export { routes } from '../lambdas/routes';
