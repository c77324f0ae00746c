import type { CallAnswer, RouteView, RunView } from '../view';
import { button, byId, element } from './dom';
import { ask } from './server';
import { chosenToken } from './tokens';

/** Answers to calls made from this page, by the id of their trace. */
export const answers = new Map<string, CallAnswer>();

/** What becomes of calls from this page. */
interface Calls {
  readonly sent: () => void;
  readonly answered: (id: string) => void;
}

let shownRoutes = '';

/** One row per route, and one for a path that is none. */
export function showRoutes(routes: readonly RouteView[], calls: Calls): void {
  const key = JSON.stringify(routes);
  if (key === shownRoutes) return;
  shownRoutes = key;
  const rows = routes.map(({ method, path, access }) => {
    const needs = typeof access === 'object' ? access.join(' ') : access === 'public' ? 'public' : 'any token';
    return row(method, path, needs, calls);
  });
  byId('routes').replaceChildren(...rows, row('GET', '/nowhere', 'no such route', calls));
}

function row(method: string, path: string, needs: string, calls: Calls): HTMLElement {
  const send = async (): Promise<void> => {
    const { ok, token } = await chosenToken();
    if (!ok) return;
    calls.sent();
    const concrete = path.replace(/\{[^}]*\}/g, 'example');
    const answer = await ask({ action: 'call', method, path: concrete, ...(token === undefined ? {} : { token }) });
    if (answer?.call?.id === undefined) return;
    answers.set(answer.call.id, answer.call);
    calls.answered(answer.call.id);
  };
  return element(
    'li',
    {},
    element('code', {}, element('span', { class: 'method' }, method), ` ${path}`),
    element('small', {}, needs),
    button({ class: 'send', 'aria-label': `Send ${method} ${path}` }, 'Send', send),
  );
}

/** The issuer's keys and switches, and the gateway's cache. */
export function showIssuer({ issuer, cache }: RunView): void {
  const { url, running, keys, kind } = issuer;
  byId('issuer-url').textContent = url;
  byId('issuer-state').textContent = kind === 'tenant' ? 'the real tenant' : running ? 'running' : 'stopped';
  byId('issuer-state').dataset.state = running ? 'good' : 'unavailable';
  byId('keys').replaceChildren(
    ...keys.map(({ kid, signs }) =>
      element(
        'li',
        {},
        element('code', { title: kid }, shortKid(kid)),
        element('small', {}, signs ? 'signs new tokens' : kind === 'tenant' ? 'published' : 'still published'),
      ),
    ),
  );
  byId('issuer-buttons').hidden = kind === 'tenant';
  byId('stop-issuer').hidden = !running;
  byId('start-issuer').hidden = running;
  const { entries, ttlSeconds } = cache;
  byId('cache').textContent =
    ttlSeconds === 0
      ? 'Decisions are not cached.'
      : `${entries} ${entries === 1 ? 'decision' : 'decisions'} in the cache, each for ${ttlSeconds} seconds.`;
}

/** Wires the switches that are in the page from the start. */
export function wireSwitches(): void {
  const swap = (id: string, press: () => Promise<unknown>): void => {
    const old = byId(id);
    const wired = button({ id, hidden: old.hidden }, old.textContent ?? '', async () => {
      const hadFocus = document.activeElement === wired;
      await press();
      // The switch that was pressed may be gone: its counterpart takes over.
      if (hadFocus && wired.hidden) byId(id === 'stop-issuer' ? 'start-issuer' : 'stop-issuer').focus();
    });
    old.replaceWith(wired);
  };
  swap('rotate-key', () => ask({ action: 'rotate-key' }));
  swap('stop-issuer', () => ask({ action: 'stop-issuer' }));
  swap('start-issuer', () => ask({ action: 'start-issuer' }));
  swap('clear-cache', () => ask({ action: 'clear-cache' }));
  swap('restart-lambdas', () => ask({ action: 'restart-lambdas' }));
}

/** Enough of a key id to tell it from others. */
export const shortKid = (kid: string): string => (kid.length > 13 ? `${kid.slice(0, 8)}…${kid.slice(-4)}` : kid);
