import type { Trace } from '../view';
import { byId, element } from './dom';
import { showFlow } from './flow';
import { tell, took } from './story';

/** Rows kept: as many as the server sends again after a pause. */
const KEPT = 100;

const rows = new Map<string, { readonly trace: Trace; readonly row: HTMLButtonElement }>();
let shown: string | undefined;
/** Newer requests are shown as they come, until the user picks an older one. */
let following = true;

/** Adds a request to the list; one that is there already came again after a pause of the stream. */
export function addTrace(trace: Trace): void {
  if (rows.has(trace.id)) return;
  const row = makeRow(trace);
  rows.set(trace.id, { trace, row });
  byId('requests').prepend(element('li', {}, row));
  byId('no-requests').hidden = true;
  if (rows.size > KEPT) {
    const [oldest] = rows.keys();
    if (oldest !== undefined) rows.get(oldest)?.row.parentElement?.remove();
    if (oldest !== undefined) rows.delete(oldest);
  }
  if (following) show(trace.id, Date.now() - trace.at < 5_000);
}

function show(id: string, isNew = false): void {
  const found = rows.get(id);
  if (!found) return;
  if (shown !== undefined) rows.get(shown)?.row.removeAttribute('aria-current');
  shown = id;
  found.row.setAttribute('aria-current', 'true');
  showFlow(found.trace, isNew);
}

/** Shows newer requests again as they come. */
export function followNewest(): void {
  following = true;
}

/** Shows a request's way again, now that more is known about it; unless something else is looked at. */
export function refresh(id: string): void {
  if (id === shown) show(id);
}

function makeRow(trace: Trace): HTMLButtonElement {
  const { tone, gist } = tell(trace);
  const time = new Date(trace.at).toLocaleTimeString([], { hour12: false });
  const row = element(
    'button',
    { type: 'button', class: 'request', 'data-tone': tone },
    element('time', {}, time),
    element('code', { class: 'what' }, element('span', { class: 'method' }, trace.method), ` ${trace.path}`),
    element('span', { class: 'status' }, String(trace.status)),
    element('span', { class: 'gist' }, gist),
    element('span', { class: 'took' }, took(trace.milliseconds)),
  );
  row.addEventListener('click', () => {
    const [newest] = [...rows.keys()].slice(-1);
    following = newest === trace.id;
    show(trace.id);
  });
  return row;
}
