/**
 * How the CDK answers a preflight where several origins may call: the template, around the origins after the first. It
 * overrides a header of the response ("Override your API's request and response parameters and status codes").
 */
const TEMPLATE = [
  '#set($origin = $input.params().header.get("Origin"))',
  '#if($origin == "")',
  '  #set($origin = $input.params().header.get("origin"))',
  '#end',
  '#if(<origins>)',
  '  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)',
  '#end',
];

/** The spellings of the header that it looks up. */
const SPELLINGS = ['Origin', 'origin'];

/**
 * Origins that a template of the CDK's `addCorsPreflight` answers with besides the one in the response's headers.
 *
 * @returns `undefined` for every other template.
 */
export function originsOfPreflight(template: string): readonly string[] | undefined {
  const [before = '', after = ''] = TEMPLATE.join('\n').split('<origins>');
  if (!template.startsWith(before) || !template.endsWith(after)) return undefined;
  const terms = template.slice(before.length, -after.length).split(' || ');
  const origins = terms.map((term) => /^\$origin == "([^"$#\\]+)"$/.exec(term)?.[1]);
  return origins.every((origin) => origin !== undefined) ? origins : undefined;
}

/** The caller's origin where the template answers with it. */
export function allowedOrigin(
  origins: readonly string[],
  headers: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  const origin = SPELLINGS.map((name) => headers.get(name)?.at(-1)).find(
    (value) => value !== undefined && value !== '',
  );
  return origin !== undefined && origins.includes(origin) ? origin : undefined;
}
