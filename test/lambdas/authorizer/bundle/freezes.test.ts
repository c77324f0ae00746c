import { jwks, signingKey } from '../../../../samples/keys';
import { json, type Script } from '../../../support/https-server';
import { milliseconds, outcome, type Scene, scene, until } from '../../../support/scene';

const key = signingKey('key-1');
const good = json(jwks(key));

/** Longer than any fetch may take, so that its time is up when the process thaws. */
const FREEZE_MS = 4_000;

/** Holds answers back until they are let go. */
function heldBack(): { script: Script; release: (script: Script) => void } {
  const held: Parameters<Script>[] = [];
  return {
    script: (...request) => void held.push(request),
    release: (script) => {
      for (const request of held.splice(0)) script(...request);
    },
  };
}

/** Freezes the authorizer's process as Lambda does, for a while in which something happens. */
async function frozen({ authorizer }: Scene, meanwhile: () => void): Promise<void> {
  process.kill(authorizer.pid, 'SIGSTOP');
  meanwhile();
  await milliseconds(FREEZE_MS);
  process.kill(authorizer.pid, 'SIGCONT');
}

const meanwhiles: [string, (release: (script: Script) => void) => void][] = [
  ['the provider stays silent', () => {}],
  ['the answer arrives', (release) => release(good)],
  ['the connection is closed', (release) => release((response) => void response.socket?.destroy())],
];

test.concurrent.each(meanwhiles)(
  'a container frozen during a fetch, while %s, continues its call when it thaws',
  async (_title, meanwhile) => {
    const { script, release } = heldBack();
    await scene({ script }, async (set) => {
      const { server, authorizer, event, fetches } = set;
      const call = authorizer.invoke(event(key));
      await until(() => fetches() === 1);
      await frozen(set, () => {
        meanwhile(release);
        server.script = good;
      });
      expect(outcome(await call)).toBe('allowed');
      expect(authorizer.lines.join()).not.toContain('keys_fetch_failed');
      expect(fetches()).toBeLessThanOrEqual(2);
    });
  },
);

test.concurrent.each(meanwhiles)(
  'a container frozen during a fetch, while %s, serves the next call when it thaws',
  async (_title, meanwhile) => {
    const { script, release } = heldBack();
    await scene({ script }, async (set) => {
      const { server, authorizer, call, fetches } = set;
      await until(() => fetches() === 1);
      await frozen(set, () => {
        meanwhile(release);
        server.script = good;
      });
      expect(await call(key)).toBe('allowed');
      expect(await call(key)).toBe('allowed');
      expect(authorizer.lines.join()).not.toContain('keys_fetch_failed');
      expect(fetches()).toBeLessThanOrEqual(2);
    });
  },
);

test.concurrent('an answer that arrived during a freeze counts, although the time was up just before the thaw', async () => {
  const { script, release } = heldBack();
  await scene({ script }, async ({ server, authorizer, call, fetches }) => {
    await until(() => fetches() === 1);
    process.kill(authorizer.pid, 'SIGSTOP');
    release(good);
    server.script = good;
    await milliseconds(3_200); // a fetch has three seconds
    process.kill(authorizer.pid, 'SIGCONT');
    expect(await call(key)).toBe('allowed');
    expect(authorizer.lines.join()).not.toContain('keys_fetch_failed');
  });
});

test.concurrent('a container frozen between calls needs no new keys', async () => {
  await scene({ script: good }, async (set) => {
    const { call, fetches } = set;
    expect(await call(key)).toBe('allowed');
    await frozen(set, () => {});
    expect(await call(key)).toBe('allowed');
    expect(fetches()).toBe(1);
  });
});
