import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, shut } from '../local/listen';
import { pythonPrograms } from './python';

export const EMULATOR = 'MiniStack 1.5.33';
export const REGION = 'us-east-1';
/** Time for it to end by itself, in milliseconds. */
const STOP_MS = 10_000;
const PACKAGE = 'ministack==1.5.33';

export interface Emulator {
  /** `http://127.0.0.1:{port}` */
  readonly endpoint: string;
  /** Ends it with the Lambdas that it runs. */
  stop(): Promise<void>;
}

/**
 * Starts an AWS emulator on loopback (MiniStack, in a virtual environment under `.cache/`). Needs Python.
 *
 * @param folder where it runs, with everything that it leaves.
 * @param environment of it and of the Lambdas that it runs.
 */
export async function startEmulator(folder: string, environment: NodeJS.ProcessEnv): Promise<Emulator> {
  const programs = pythonPrograms('ministack', [PACKAGE]);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  // An endpoint in the environment of the Lambdas would make the emulator redirect to itself what they ask of loopback.
  const emulator = spawn(join(programs, 'ministack'), [], {
    cwd: folder,
    env: {
      ...environment,
      AWS_ENDPOINT_URL: '',
      AWS_REGION: REGION,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      TMPDIR: folder, // where it leaves the code of each Lambda
    },
    stdio: 'ignore',
  });
  const ended = once(emulator, 'close');
  async function stop(): Promise<void> {
    emulator.kill();
    const timer = setTimeout(() => emulator.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }
  for (let tries = 0; tries < 150; tries += 1) {
    if (emulator.exitCode !== null) throw new Error('The emulator ended by itself');
    const isUp = await fetch(`${endpoint}/_ministack/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return { endpoint, stop };
    await sleep(200);
  }
  await stop();
  throw new Error('The emulator does not answer');
}

/** The address of a deployed API under the emulator's: `https://{api}.execute-api…/{stage}/` leads to AWS. */
export const emulatedUrl = (endpoint: string, apiId: string, stage: string): string =>
  `${endpoint}/_aws/execute-api/${apiId}/${stage}`;

async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listen(probe, 0);
  await shut(probe);
  return port;
}
