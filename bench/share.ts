import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { signToken } from '../samples/tokens';
import { cpuLimiter, shareOf } from './cpu-share';
import { handlers } from './handlers';
import { claimsFor, createIssuer, environment, eventBytes } from './inputs';
import { startProvider } from './provider';
import type { Run } from './run';
import { median, seededRandom, shuffled } from './statistics';

const MEGABYTES = 128;

/** When the first call comes: as soon as the bundle is loaded, or when what init started has had time to end. */
const moments = { 'at once': 0, 'after init': 400 } as const;
export type Moment = keyof typeof moments;

/** What is measured: every handler, and ours with the keys among its settings, so that it fetches none. */
export const shareSubjects = { ...handlers, seeded: `${handlers.ours}, keys in AUTHACTION_JWKS` } as const;
type Subject = keyof typeof shareSubjects;
const subjects = Object.keys(shareSubjects) as Subject[];

export interface ShareResult {
  readonly megabytes: number;
  readonly method: string;
  readonly processes: number;
  /** Medians by subject. */
  readonly firstCallMs: Record<Moment, Record<string, number>>;
}

/**
 * The first call under the CPU share of 128 MB. Init runs unthrottled; then the process is confined, gets an event and
 * sends back its answer; timed by the parent, from sending to receiving.
 */
export async function share({ bundles, smoke, note }: Run): Promise<ShareResult> {
  const issuer = createIssuer();
  const provider = await startProvider(issuer.jwks);
  const limiter = cpuLimiter(shareOf(MEGABYTES));
  const body = eventBytes(`Bearer ${signToken(issuer.key, claimsFor(provider.host, 0))}`).toString();
  const env = { PATH: process.env.PATH ?? '', ...environment(issuer, provider.host, provider.caFile) };

  async function sample(subject: Subject, waitMs: number): Promise<number> {
    const isSeeded = subject === 'seeded';
    const { file } = bundles.handlers[isSeeded ? 'ours' : subject];
    const child = spawn(process.execPath, [bundles.child('first-call'), file], {
      env: isSeeded ? { ...env, AUTHACTION_JWKS: JSON.stringify(issuer.jwks) } : env,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    try {
      await message(child);
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      const release = limiter.limit(child.pid ?? 0);
      const sentAt = performance.now();
      child.send(body);
      await message(child);
      const took = performance.now() - sentAt;
      release();
      return took;
    } finally {
      const gone = once(child, 'close');
      child.kill('SIGKILL');
      await gone;
    }
  }

  try {
    const processes = smoke ? 1 : 11;
    const random = seededRandom(13);
    const samples = { 'at once': emptyLists(), 'after init': emptyLists() };
    for (let round = 0; round < processes; round += 1) {
      if (round % 5 === 0) note(`round ${round + 1} of ${processes} (${limiter.method})`);
      for (const moment of Object.keys(moments) as Moment[]) {
        for (const name of shuffled(subjects, random)) {
          samples[moment][name].push(await sample(name, moments[moment]));
        }
      }
    }
    const medians = (lists: Record<Subject, number[]>) =>
      Object.fromEntries(subjects.map((name) => [name, median(lists[name])]));
    return {
      megabytes: MEGABYTES,
      method: limiter.method,
      processes,
      firstCallMs: { 'at once': medians(samples['at once']), 'after init': medians(samples['after init']) },
    };
  } finally {
    limiter.close();
    await provider.close();
  }
}

const emptyLists = () =>
  Object.fromEntries(subjects.map((name) => [name, [] as number[]])) as Record<Subject, number[]>;

/** The next message of a child; an early end is an error. */
function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the measured process ended with ${code}`));
    child.once('close', ended);
    child.once('message', (received) => {
      child.off('close', ended);
      resolve(received);
    });
  });
}
