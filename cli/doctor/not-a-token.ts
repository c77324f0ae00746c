import type { Clue } from './clue';

/** What people and programs send in place of a token, by how it looks. The first that fits counts. */
const KINDS: readonly (readonly [RegExp, Clue])[] = [
  [
    /^\[object \w+\]$/,
    {
      detail: 'a whole object as text instead of the token in it',
      todo: 'Send the member access_token of the token response; await the response first.',
    },
  ],
  [
    /\*{3}|\u2022{3}|^x{5,}$|^\W?(?:redacted|masked|hidden|filtered|sensitive|secret)\W?$/i,
    {
      detail: 'hidden: a mark stands in the place of the token',
      todo: 'Copy the token from the token response itself: what printed it hides it.',
    },
  ],
  [
    /^ZXlK/,
    {
      detail: 'encoded in base64 once more',
      todo: 'Send the token as the token response has it: its parts are base64url already.',
    },
  ],
  [
    /^(?:\{.*\}|\$\{?[\w.:]+\}?|\$\(.*\)|%\w+%|[<[][\w\s-]+[>\]]|:\w+|(?:your|my|the)?[_-]?(?:access|bearer|jwt)?[_-]?token(?:[_-]here)?)$/i,
    {
      detail: 'the name of a value instead of the value',
      todo: 'Set the variable where the client looks for it. In a shell, use double quotes: single ones keep the name as it is.',
    },
  ],
  [
    /^\s*<(?:!doctype|html|\?xml)/i,
    {
      detail: 'a web page instead of a token',
      todo: 'Check the address of the token request: a token comes from https://{domain}/oauth2/m2m/token.',
    },
  ],
  [
    /^-----BEGIN /,
    { detail: 'a key or a certificate instead of a token', todo: 'Send the access token of the token response.' },
  ],
  [
    /^AWS4-HMAC-SHA256\b/,
    {
      detail: 'a signature of AWS (SigV4) instead of a bearer token',
      todo: 'Switch off AWS signing (IAM) for this API in the client, and send "Authorization: Bearer <token>".',
    },
  ],
  [
    /\.\.\.|\u2026/,
    {
      detail: 'shortened: dots replace a part that was left out',
      todo: 'Copy the token from the token response itself: what printed it shows only a part.',
    },
  ],
  [
    /[\u2010-\u2015\u2212]/,
    {
      detail: 'with dashes in the place of hyphens, as word processors and chats make them',
      todo: 'Copy the token from the token response itself, as plain text.',
    },
  ],
];

/** What programs make of a variable without a value. */
const EMPTY: readonly string[] = ['undefined', 'null', 'None', 'nil', 'NaN'];

/** What stands in the place of the token, where that can be seen. Quotes nothing of it but a word for no value. */
export function notATokenClue(text: string): Clue | undefined {
  if (EMPTY.includes(text)) {
    return {
      detail: `the word ${text} instead of a token`,
      todo: 'Look in the client for the variable that should have the token: it is empty when the request is made.',
    };
  }
  return KINDS.find(([pattern]) => pattern.test(text))?.[1];
}
