import { type BundledFile, bundleLambda } from './bundling';

const built = new Map<boolean, readonly BundledFile[]>();

/** The authorizer's code without its route table, bundled from this repository's sources; once per process. */
export function authorizerBundle(sourceMaps = false): readonly BundledFile[] {
  const files = built.get(sourceMaps) ?? bundleLambda('authorizer', sourceMaps);
  built.set(sourceMaps, files);
  return files;
}
