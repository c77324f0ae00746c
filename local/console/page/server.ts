import type { ActionAnswer, ConsoleAction, RunView, Trace } from '../view';
import { byId } from './dom';

const secret = document.querySelector<HTMLMetaElement>('meta[name="console-secret"]')?.content ?? '';

/** Sends an action to the console's server. Shows and announces a failure, and returns `undefined` for it. */
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
    problem.textContent = 'The console’s server does not answer. Is it still running?';
  }
  return undefined;
}

/** Follows the run. The browser resumes the stream; each time it starts with the whole state and the last requests. */
export function follow(on: {
  readonly run: (view: RunView) => void;
  readonly trace: (trace: Trace) => void;
  readonly live: (isLive: boolean) => void;
}): void {
  const stream = new EventSource('/events');
  let instance: string | undefined;
  stream.addEventListener('hello', ({ data }: MessageEvent<string>) => {
    // Another run listens here now: the page, with its secret, belongs to the last one.
    if (instance !== undefined && instance !== data) location.reload();
    instance = data;
  });
  stream.addEventListener('open', () => on.live(true));
  stream.addEventListener('error', () => on.live(false));
  stream.addEventListener('run', ({ data }: MessageEvent<string>) => on.run(JSON.parse(data) as RunView));
  stream.addEventListener('trace', ({ data }: MessageEvent<string>) => on.trace(JSON.parse(data) as Trace));
}
