import type { RunView } from '../view';
import { describeCache } from './describe-cache';
import { byId, element, idle } from './dom';
import { ask } from './server';

/** Shows the issuer with its keys, and the gateway's cache. */
export function showSwitches({ issuer, cache }: RunView): void {
  const { url, state, keys, kind, problem } = issuer;
  byId('issuer-url').textContent = url;
  byId('issuer-state').textContent = kind === 'tenant' && state === 'running' ? 'your tenant' : state;
  byId('issuer-state').dataset.tone = state === 'running' ? 'good' : 'unavailable';
  byId('issuer-problem').textContent = problem ?? '';
  byId('keys').replaceChildren(
    ...keys.map(({ kid, signs }) =>
      element(
        'li',
        {},
        element('code', { title: kid }, shortKid(kid)),
        element('small', {}, signs ? 'signs new tokens' : 'published'),
      ),
    ),
  );
  byId('issuer-buttons').hidden = kind === 'tenant';
  byId('stop-issuer').hidden = state !== 'running';
  byId('start-issuer').hidden = state === 'running';
  byId('cache').textContent = describeCache(cache);
}

const SWITCHES = ['rotate-key', 'stop-issuer', 'start-issuer', 'clear-cache', 'restart-lambdas'] as const;

/** Wires the buttons that control the run. */
export function wireSwitches(): void {
  for (const action of SWITCHES) {
    const control = byId(action) as HTMLButtonElement;
    control.addEventListener('click', () =>
      idle(control, async () => {
        const hadFocus = document.activeElement === control;
        await ask({ action });
        // Stop and start take each other's place: the focus goes along.
        if (hadFocus && control.hidden) byId(action === 'stop-issuer' ? 'start-issuer' : 'stop-issuer').focus();
      }),
    );
  }
}

/** Enough of a key id to distinguish it from others. */
const shortKid = (kid: string): string => (kid.length > 13 ? `${kid.slice(0, 8)}…${kid.slice(-4)}` : kid);
