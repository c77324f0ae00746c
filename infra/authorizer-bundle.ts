import { type BundledFile, bundleLambda } from './bundling';

let built: readonly BundledFile[] | undefined;

/**
 * The authorizer's code without its route table, bundled from this repository's sources; once per process. The npm package
 * has the prebuilt file instead (`prebuilt-authorizer.ts`).
 */
export function authorizerBundle(): readonly BundledFile[] {
  built ??= bundleLambda('authorizer');
  return built;
}
