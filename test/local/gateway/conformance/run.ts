import { differences } from './check';
import type { Row } from './row';
import { send } from './send';

/** Tries a row on a deployed lab. @returns what is not as AWS does it, a line each; none when all is. */
export async function tryRow(baseUrl: string, { steps }: Row): Promise<readonly string[]> {
  const remembered = new Map<string, unknown>();
  for (const { request, expected } of steps) {
    const found = differences(await send(baseUrl, request), expected, remembered);
    if (found.length > 0) return found;
  }
  return [];
}
