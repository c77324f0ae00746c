import { pageSource } from './page-source';

/** Makes the page: one document with its style and script inside. */
export type Page = (nonce: string, secret: string) => string;

/** Builds the page, once per run. */
export async function buildPage(): Promise<Page> {
  const { html, style, script } = await pageSource();
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
