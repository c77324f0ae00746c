/**
 * Finds the access token in what a person pastes: the token, `Bearer …`, a whole `Authorization` header, any of them in
 * quotes, or the JSON answer of a token endpoint.
 *
 * @returns an empty string when there is none.
 */
export function findToken(text: string): string {
  const pasted = text.trim();
  const response = parseJson(pasted);
  if (typeof response === 'object' && response !== null && 'access_token' in response) {
    return typeof response.access_token === 'string' ? response.access_token.trim() : '';
  }
  return pasted
    .replace(/^["'`]|["'`,;]+$/g, '')
    .replace(/^authorization:\s*/i, '')
    .replace(/^bearer(\s+|$)/i, '')
    .replace(/^["'`]|["'`]$/g, '')
    .trim();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
