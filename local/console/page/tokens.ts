import { type RunView, type TokenKind, tokenKinds } from '../view';
import { decodePart } from './decode-token';
import { button, byId, copy, element } from './dom';
import { findToken } from './pasted-token';
import { revocationButton } from './revocation';
import { ask } from './server';

type Choice = TokenKind | 'none' | 'pasted';

const LABELS: Readonly<Record<Choice, string>> = {
  none: 'No token',
  plain: 'Valid, without scopes',
  scoped: 'Valid, with every scope',
  expired: 'Expired a minute ago',
  wrong_audience: 'For another audience',
  forged: 'Forged: signed with another key',
  pasted: 'Paste a token',
};

const tokens = new Map<Choice, string>();
let chosen: Choice = 'none';
let shown: RunView['tokens'] | undefined;

/** The token to send, fetched first where needed. `ok: false` when there is none, which is shown as a problem. */
export async function chosenToken(): Promise<{ readonly ok: boolean; readonly token?: string }> {
  if (chosen === 'none') return { ok: true };
  if (!tokens.has(chosen)) {
    if (chosen !== 'pasted') await renew(chosen);
    else byId('problem').textContent = 'Paste a token first.';
  }
  const token = tokens.get(chosen);
  return token === undefined ? { ok: false } : { ok: true, token };
}

/** Shows which tokens are available. */
export function showTokens(available: RunView['tokens']): void {
  if (available === shown) return;
  shown = available;
  const kinds = tokenKinds.filter(
    (kind) => available === 'any' || (available === 'valid' && (kind === 'plain' || kind === 'scoped')),
  );
  const select = element(
    'select',
    { id: 'token-choice' },
    ...(['none', ...kinds, 'pasted'] as const).map((choice) =>
      element('option', { value: choice, selected: choice === chosen }, LABELS[choice]),
    ),
  );
  select.addEventListener('change', async () => {
    chosen = select.value as Choice;
    showChosen();
    if (chosen !== 'none' && chosen !== 'pasted' && !tokens.has(chosen)) await renew(chosen);
  });
  byId('token-choice').replaceWith(select);
  showChosen();
}

async function renew(kind: TokenKind): Promise<void> {
  const answer = await ask({ action: 'token', kind });
  if (answer?.token !== undefined) tokens.set(kind, answer.token);
  if (kind === chosen) showChosen();
}

function showChosen(): void {
  byId('token').replaceChildren(...(chosen === 'none' ? [] : chosen === 'pasted' ? pasteField() : issued(chosen)));
}

function issued(kind: TokenKind): readonly HTMLElement[] {
  const token = tokens.get(kind);
  if (token === undefined) return [button({}, 'Get the token', () => renew(kind))];
  const buttons = element(
    'div',
    { class: 'buttons' },
    button({}, 'Get another', () => renew(kind)),
    button({}, 'Copy token', () => copy(token)),
    revocationButton(token),
  );
  return [claims(token), buttons];
}

function pasteField(): readonly HTMLElement[] {
  const area = element('textarea', { rows: '3', spellcheck: 'false', autocomplete: 'off' });
  area.value = tokens.get('pasted') ?? '';
  const details = element('div');
  const read = (): void => {
    const token = findToken(area.value);
    if (token === '') tokens.delete('pasted');
    else tokens.set('pasted', token);
    details.replaceChildren(...(token === '' ? [] : [claims(token), pastedButtons(token)]));
  };
  area.addEventListener('input', read);
  read();
  return [element('label', {}, 'Token, Authorization header or token response', area), details];
}

const pastedButtons = (token: string): HTMLElement => element('div', { class: 'buttons' }, revocationButton(token));

/** What is inside a token, not verified. */
function claims(token: string): HTMLElement {
  const [header, payload] = token.split('.').map(formatPart);
  const text = header && payload ? `${header}\n${payload}` : 'This is not a JWT.';
  return element(
    'details',
    {},
    element('summary', {}, 'Header and claims (not verified)'),
    element('pre', { tabindex: '0' }, text),
  );
}

const TIMES = ['exp', 'iat', 'nbf'];

function formatPart(part: string): string | undefined {
  const entries = Object.entries(decodePart(part) ?? {}).map(([name, value]) => {
    const time =
      TIMES.includes(name) && typeof value === 'number' ? `  (${new Date(value * 1000).toLocaleString()})` : '';
    return `${name}: ${JSON.stringify(value)}${time}`;
  });
  return entries.length > 0 ? entries.join('\n') : undefined;
}
