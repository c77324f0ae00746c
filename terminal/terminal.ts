import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Colours a piece of text, or leaves it alone. */
export type Paint = (format: Format, text: string) => string;

/** Whether a stream shows colours: a terminal that is not dumb, unless `NO_COLOR` is set (no-color.org). */
export function hasColour(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}

export const painter = (colour: boolean): Paint => (colour ? paint : (_format, text) => text);

/** Whether to colour was decided by {@link hasColour}; styleText's own look at the terminal would be a second opinion. */
const paint: Paint = (format, text) => styleText(format, text, { validateStream: false });
