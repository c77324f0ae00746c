import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundledFile } from './bundling';

/**
 * The authorizer's code without its route table, as the npm package ships it. Takes the place of `authorizer-bundle.ts`
 * there, so that a consumer's synth needs no bundler.
 */
export function authorizerBundle(): readonly BundledFile[] {
  return [{ name: 'index.js', contents: readFileSync(join(__dirname, 'authorizer', 'index.js')) }];
}
