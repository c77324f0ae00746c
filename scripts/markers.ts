/**
 * Puts content between two markers of a page, in place of what stands there.
 *
 * @throws Error when the markers are not there exactly once.
 */
export function replaceBetween(page: string, begin: string, end: string, content: string): string {
  const [before, inner, ...more] = page.split(begin);
  const after = inner?.split(end)[1];
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`The page needs ${begin} and ${end} once each`);
  }
  return `${before}${begin}\n${content}\n${end}${after}`;
}
