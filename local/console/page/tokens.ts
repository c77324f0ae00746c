import { type TokenKind, tokenKinds } from '../view';
import { button, byId, element } from './dom';
import { ask } from './server';

type Choice = TokenKind | 'none' | 'pasted';

const LABELS: Readonly<Record<Choice, readonly [string, string]>> = {
  none: ['No token', 'no Authorization header'],
  plain: ['Plain', 'good, without scopes'],
  scoped: ['With scopes', 'good, with every scope'],
  expired: ['Expired', 'ran out a minute ago'],
  wrong_audience: ['Wrong audience', 'meant for another API'],
  forged: ['Forged', 'signed with a key of its own'],
  pasted: ['Pasted', 'any token you have'],
};

const tokens = new Map<Choice, string>();
let chosen: Choice = 'none';
let available: 'any' | 'good' | 'none' = 'any';

/** The token to send, fetched first where that was not done yet; `undefined` when there is to be none. */
export async function chosenToken(): Promise<{ readonly ok: boolean; readonly token?: string }> {
  if (chosen === 'none') return { ok: true };
  if (!tokens.has(chosen) && chosen !== 'pasted') await renew(chosen);
  const token = tokens.get(chosen);
  return token === undefined ? { ok: false } : { ok: true, token };
}

/** Shows which tokens can be had. */
export function showTokens(which: typeof available): void {
  if (byId('tokens').childElementCount > 0 && which === available) return;
  available = which;
  const kinds = tokenKinds.filter(
    (kind) => which === 'any' || (which === 'good' && (kind === 'plain' || kind === 'scoped')),
  );
  byId('tokens').replaceChildren(...(['none', ...kinds, 'pasted'] as const).map(radio));
  showChosen();
}

function radio(choice: Choice): HTMLElement {
  const [label, hint] = LABELS[choice];
  const input = element('input', { type: 'radio', name: 'token', value: choice, checked: choice === chosen });
  input.addEventListener('change', async () => {
    chosen = choice;
    showChosen();
    if (choice !== 'none' && choice !== 'pasted' && !tokens.has(choice)) await renew(choice);
  });
  return element('label', { class: 'choice' }, input, element('span', {}, label), element('small', {}, hint));
}

async function renew(kind: TokenKind): Promise<void> {
  const answer = await ask({ action: 'token', kind });
  if (answer?.token !== undefined) tokens.set(kind, answer.token);
  if (kind === chosen) showChosen();
}

function showChosen(): void {
  byId('token').replaceChildren(...aboutChosen());
}

function aboutChosen(): readonly HTMLElement[] {
  if (chosen === 'none') return [];
  const token = tokens.get(chosen);
  if (chosen === 'pasted') return [pasteField(), ...(token === undefined ? [] : [claims(token)])];
  const kind = chosen;
  if (token === undefined) return [button({}, 'Get the token', () => renew(kind))];
  const buttons = element(
    'div',
    { class: 'buttons' },
    button({}, 'Get another', () => renew(kind)),
    button({}, 'Copy token', () => navigator.clipboard.writeText(token)),
  );
  return [claims(token), buttons];
}

function pasteField(): HTMLElement {
  const area = element('textarea', { id: 'pasted', rows: '3', spellcheck: 'false', autocomplete: 'off' });
  area.value = tokens.get('pasted') ?? '';
  area.addEventListener('input', () => {
    const text = area.value.trim().replace(/^bearer\s+/i, '');
    if (text === '') tokens.delete('pasted');
    else tokens.set('pasted', text);
    shownClaims();
  });
  const shownClaims = () => {
    const token = tokens.get('pasted');
    byId('token').querySelector('details')?.remove();
    if (token !== undefined) byId('token').append(claims(token));
  };
  return element('label', { class: 'paste' }, 'Access token', area);
}

/** What is inside a token, not verified. */
function claims(token: string): HTMLElement {
  const [header, payload] = token.split('.').map(readable);
  const text = header && payload ? `${header}\n${payload}` : 'This is not a JWT.';
  return element(
    'details',
    {},
    element('summary', {}, 'What is inside (not verified)'),
    element('pre', { tabindex: '0' }, text),
  );
}

const TIMES = ['exp', 'iat', 'nbf'];

function readable(part: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));
    const object = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const entries = Object.entries(object).map(([name, value]) => {
      const time =
        TIMES.includes(name) && typeof value === 'number' ? `  (${new Date(value * 1000).toLocaleString()})` : '';
      return `${name}: ${JSON.stringify(value)}${time}`;
    });
    return entries.join('\n');
  } catch {
    return undefined;
  }
}
