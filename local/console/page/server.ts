import type { ActionAnswer, ConsoleAction, RunView, Trace } from '../view';
import { byId } from './dom';

const secret = document.querySelector<HTMLMetaElement>('meta[name="console-secret"]')?.content ?? '';

/** Asks the console's server for something; a failure is shown and announced, and is `undefined` here. */
export async function ask(action: ConsoleAction): Promise<Extract<ActionAnswer, { ok: true }> | undefined> {
  const problem = byId('problem');
  problem.textContent = '';
  try {
    const response = await fetch('/actions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-console-secret': secret },
      body: JSON.stringify(action),
    });
    const answer = (await response.json()) as ActionAnswer;
    if (answer.ok) return answer;
    problem.textContent = answer.error;
  } catch {
    problem.textContent = 'The run does not answer. Is “npm start” still there?';
  }
  return undefined;
}

/** Follows the run. The stream is resumed by itself; each time it starts with the whole state and the last requests. */
export function follow(on: {
  readonly run: (view: RunView) => void;
  readonly trace: (trace: Trace) => void;
  readonly live: (isLive: boolean) => void;
}): void {
  const stream = new EventSource('/events');
  let instance: string | undefined;
  stream.addEventListener('hello', ({ data }: MessageEvent<string>) => {
    // Another run listens here by now: what is shown is of the last one, and so is the secret.
    if (instance !== undefined && instance !== data) location.reload();
    instance = data;
  });
  stream.addEventListener('open', () => on.live(true));
  stream.addEventListener('error', () => on.live(false));
  stream.addEventListener('run', ({ data }: MessageEvent<string>) => on.run(JSON.parse(data) as RunView));
  stream.addEventListener('trace', ({ data }: MessageEvent<string>) => on.trace(JSON.parse(data) as Trace));
}
