import type { Trace } from '../view';
import { describeTrace, formatMilliseconds, type Step } from './describe-trace';
import { byId, element } from './dom';

/** Shows what happened to one request: in a sentence that is read out, step by step, with its answer and log lines. */
export function showTrace(trace: Trace): void {
  const { tone, sentence, gateway, authorizer, handler } = describeTrace(trace);
  const { status, statusText, milliseconds, answer, logs } = trace;
  byId('trace').dataset.tone = tone;
  byId('sentence').textContent = sentence;
  showStep('client', { state: 'passed', facts: [`${status} ${statusText}`.trim(), formatMilliseconds(milliseconds)] });
  showStep('gateway', gateway);
  showStep('authorizer', authorizer);
  showStep('handler', handler);

  const headers = answer.headers.map(([name, value]) => `${name}: ${value}`);
  const answerText = [`HTTP ${status} ${statusText}`, ...headers, '', formatBody(answer.body)].join('\n');
  byId('details').replaceChildren(
    ...(trace.handler?.error === undefined ? [] : [panel('Error', trace.handler.error)]),
    panel('Answer', answerText),
    panel('Log', logs.length > 0 ? logs.join('\n') : 'No function was called.'),
  );
}

function showStep(id: string, { state, facts }: Step): void {
  const step = byId(`step-${id}`);
  step.dataset.state = state;
  step.querySelector('ul')?.replaceChildren(...facts.map((fact) => element('li', {}, fact)));
}

function panel(title: string, text: string): HTMLElement {
  const heading = element('h3', {}, title);
  return element('div', { class: title.toLowerCase() }, heading, element('pre', { tabindex: '0' }, text));
}

function formatBody(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
