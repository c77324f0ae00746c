import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const FOLDER = join(__dirname, 'page');

/** Makes the page: one document with its style and script inside. */
export type Page = (nonce: string, secret: string) => string;

/** Bundles the page's script, once per run. */
export async function buildPage(): Promise<Page> {
  const { outputFiles } = await build({
    entryPoints: [join(FOLDER, 'main.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    minify: true,
    logLevel: 'silent',
  });
  const script = outputFiles[0]?.text ?? '';
  const style = readFileSync(join(FOLDER, 'style.css'), 'utf8');
  const html = readFileSync(join(FOLDER, 'index.html'), 'utf8');
  return (nonce, secret) => {
    const values: Readonly<Record<string, string>> = { nonce, secret, style, script };
    return html.replace(/(\/\*)?\{\{(\w+)\}\}(\*\/)?/g, (_placeholder, _open, name: string) => values[name] ?? '');
  };
}

/** Nothing from anywhere else, and only the script and style of this very answer. */
export const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
