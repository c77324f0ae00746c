import type { RunView, Trace } from '../view';
import { answers } from './controls';
import { byId, element } from './dom';
import { type Station, tell, took } from './story';

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Shows one request's way, and tells it in a sentence that is read out. @param isNew lets it run along the way. */
export function showFlow(trace: Trace, isNew: boolean): void {
  const story = tell(trace);
  const flow = byId('flow');
  flow.dataset.tone = story.tone;
  byId('sentence').textContent = story.sentence;
  station('client', {
    state: 'passed',
    facts: [`${trace.status} ${REASONS[trace.status] ?? ''}`.trim(), took(trace.milliseconds)],
  });
  station('gateway', story.gateway);
  station('authorizer', story.authorizer);
  station('handler', story.handler);
  flow.dataset.keys = trace.keyFetch ?? 'none';
  showAnswer(trace);
  if (!isNew) return;
  flow.classList.remove('running');
  void flow.offsetWidth; // lets the animation start over
  flow.classList.add('running');
}

/** The issuer's station is the run's, not one request's. */
export function showIssuerStation({ issuer }: RunView): void {
  const { running, keys, kind } = issuer;
  const count = `${keys.length} ${keys.length === 1 ? 'key' : 'keys'} published`;
  station('issuer', {
    state: running ? 'passed' : 'unreached',
    facts:
      kind === 'tenant' ? ['the real tenant', count] : running ? ['running', count] : ['stopped', 'keys out of reach'],
  });
}

function station(id: string, { state, facts }: Station): void {
  const shown = byId(`at-${id}`);
  shown.dataset.state = state;
  const list = shown.querySelector('ul');
  list?.replaceChildren(...facts.map((fact) => element('li', {}, fact)));
}

/** What the caller got, where this page was the caller, and the stack of a handler that failed. */
function showAnswer({ id, handler }: Trace): void {
  const answer = answers.get(id);
  const parts: HTMLElement[] = [];
  if (handler?.error !== undefined) parts.push(element('pre', { class: 'stack', tabindex: '0' }, handler.error));
  if (answer) {
    const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
    const text = [`HTTP ${answer.status}`, ...headers, '', pretty(answer.body)].join('\n');
    parts.push(
      element(
        'details',
        { open: byId('answer').querySelector('details')?.open },
        element('summary', {}, 'The answer as the caller got it'),
        element('pre', { tabindex: '0' }, text),
      ),
    );
  }
  byId('answer').replaceChildren(...parts);
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
