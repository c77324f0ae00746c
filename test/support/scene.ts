import { requestEvent } from '../../samples/events';
import type { SigningKey } from '../../samples/keys';
import { AUDIENCE, goodClaims, signToken } from '../../samples/tokens';
import { type AuthorizerProcess, startAuthorizer } from './authorizer-process';
import { type Certificate, certificate } from './certificates';
import { httpsServer, type Script, type ScriptedServer } from './https-server';

/** A provider on loopback and an authorizer that has just been started against it. */
export interface Scene {
  readonly server: ScriptedServer;
  readonly authorizer: AuthorizerProcess;
  /** An event with a good token. */
  event(key: SigningKey, options?: EventOptions): unknown;
  /** Invokes with a good token: `allowed`, or the message of the error. */
  call(key: SigningKey, options?: EventOptions): Promise<string>;
  /** Invokes with a good token until it is allowed: after a slow failure, some calls are answered without a fetch. */
  untilAllowed(key: SigningKey): Promise<void>;
  /** Fetches of the key set so far. */
  readonly fetches: () => number;
}

interface EventOptions {
  readonly kid?: string;
  readonly sourceIp?: string;
}

export interface SceneOptions {
  readonly script: Script;
  readonly env?: Readonly<Record<string, string>>;
  /** What the server shows; a good certificate by default. */
  readonly certificate?: Certificate;
  /** What the authorizer trusts; the server's certificate by default. */
  readonly ca?: string;
  readonly execArgv?: readonly string[];
}

let shared: Promise<Certificate> | undefined;

/** A good certificate for `localhost`; one per test file. */
export function goodCertificate(): Promise<Certificate> {
  shared ??= certificate();
  return shared;
}

/** Sets a scene, plays it, and clears it away whatever happens. */
export async function scene<T>(options: SceneOptions, play: (scene: Scene) => Promise<T>): Promise<T> {
  const { script, env, certificate: shown = await goodCertificate(), ca = shown.cert, execArgv = [] } = options;
  const server = await httpsServer(shown, script);
  const settings = { AUTHACTION_DOMAIN: server.host, AUTHACTION_AUDIENCE: AUDIENCE, ...env };
  const authorizer = await startAuthorizer({ env: settings, ca, execArgv });
  const event = (key: SigningKey, { kid = key.kid, sourceIp = '192.0.2.1' }: EventOptions = {}) =>
    requestEvent({
      authorization: `Bearer ${signToken(key, goodClaims({ iss: `https://${settings.AUTHACTION_DOMAIN}` }), { kid })}`,
      sourceIp,
    });
  const call: Scene['call'] = async (key, options) => outcome(await authorizer.invoke(event(key, options)));
  try {
    return await play({
      server,
      authorizer,
      event,
      call,
      async untilAllowed(key) {
        while ((await call(key)) !== 'allowed') await milliseconds(50);
      },
      fetches: () => server.paths.length,
    });
  } finally {
    await authorizer.stop();
    await server.close();
  }
}

/** `allowed`, or the message of the error. */
export const outcome = ({ answer, error }: Awaited<ReturnType<AuthorizerProcess['invoke']>>): string =>
  answer ? 'allowed' : (error?.errorMessage ?? '');

export const milliseconds = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

/** Waits until something is true; what never is fails the test at its time-out. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await milliseconds(10);
}
