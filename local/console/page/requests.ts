import type { Trace } from '../view';
import { describeTrace, formatMilliseconds } from './describe-trace';
import { byId, element } from './dom';
import { showTrace } from './trace-view';

/** Rows kept: as many as the server sends again after a pause. */
const KEPT = 100;

const rows = new Map<string, { readonly trace: Trace; readonly row: HTMLButtonElement }>();
let shown: string | undefined;
/** Newer requests are shown as they come, until the user picks an older one. */
let isFollowing = true;

/** Adds a request to the list; after a pause of the stream, one that is there already comes again. */
export function addTrace(trace: Trace): void {
  if (rows.has(trace.id)) return;
  const row = makeRow(trace);
  rows.set(trace.id, { trace, row });
  byId('requests').prepend(element('li', {}, row));
  byId('no-requests').hidden = true;
  const [oldest] = rows.keys();
  if (rows.size > KEPT && oldest !== undefined) {
    rows.get(oldest)?.row.parentElement?.remove();
    rows.delete(oldest);
  }
  if (isFollowing) show(trace.id);
}

/** Shows newer requests again as they come. */
export function followNewest(): void {
  isFollowing = true;
}

function show(id: string): void {
  const found = rows.get(id);
  if (!found) return;
  if (shown !== undefined) rows.get(shown)?.row.removeAttribute('aria-current');
  shown = id;
  found.row.setAttribute('aria-current', 'true');
  showTrace(found.trace);
}

function makeRow(trace: Trace): HTMLButtonElement {
  const { tone, summary } = describeTrace(trace);
  const row = element(
    'button',
    { type: 'button', class: 'request', 'data-tone': tone },
    element('strong', {}, String(trace.status)),
    element('code', {}, element('b', {}, trace.method), ` ${trace.path}${trace.query ?? ''}`),
    element('span', { class: 'summary' }, summary),
    element('small', {}, formatMilliseconds(trace.milliseconds)),
    element('time', {}, new Date(trace.startedAtMs).toLocaleTimeString([], { hour12: false })),
  );
  row.addEventListener('click', () => {
    const [newest] = [...rows.keys()].slice(-1);
    isFollowing = newest === trace.id;
    show(trace.id);
    if (isNarrow()) byId('trace').scrollIntoView({ block: 'start' });
  });
  return row;
}

/** Whether what happened is out of sight of the controls, above them. */
export const isNarrow = (): boolean => matchMedia('(max-width: 60rem)').matches;
