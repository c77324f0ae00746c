/**
 * Puts content between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`, in place of what stands there.
 *
 * @throws when the markers are not there exactly once.
 */
export function replaceBetweenMarkers(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [before, inner, ...more] = text.split(start);
  const after = inner?.split(end)[1];
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`The document needs ${start} and ${end} once each`);
  }
  return `${before}${start}\n${content}\n${end}${after}`;
}
