import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SourceWatcher, watchSources } from '../../../cli/start/watch';

/** How long a build takes, in milliseconds: long enough to save something meanwhile. */
const BUILD_MS = 50;

let root: string;
let watcher: SourceWatcher;
/** What the last build has read: every watched file with its content. */
let built: Record<string, string>;
let builds: number;
let isBuilding: boolean;

function readTree(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => !/(^|\/)(node_modules|\.git)(\/|$)/.test(name));
  return Object.fromEntries(
    files.flatMap((name) => {
      const path = join(folder, name);
      return statSync(path, { throwIfNoEntry: false })?.isFile() ? [[name, readFileSync(path, 'utf8')]] : [];
    }),
  );
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'watch-'));
  mkdirSync(join(root, 'lambdas/orders'), { recursive: true });
  writeFileSync(join(root, 'lambdas/orders/handler.ts'), '1');
  writeFileSync(join(root, 'lambdas/routes.ts'), 'routes');
  built = readTree(root);
  builds = 0;
  isBuilding = false;
});
afterEach(async () => {
  await watcher.stop();
  rmSync(root, { recursive: true });
});

async function start(): Promise<void> {
  watcher = watchSources(async () => {
    expect(isBuilding).toBe(false);
    isBuilding = true;
    const read = readTree(root);
    await new Promise((resolve) => setTimeout(resolve, BUILD_MS));
    built = read;
    builds += 1;
    isBuilding = false;
  }, [root]);
  await watcher.ready;
}

/** Waits until what was built is what is on disk; fails with the difference when that never happens. */
async function expectBuilt(): Promise<void> {
  const isEqual = () => JSON.stringify(built) === JSON.stringify(readTree(root));
  for (let tries = 0; tries < 400 && (isBuilding || !isEqual()); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  expect(built).toEqual(readTree(root));
}

const handler = (): string => join(root, 'lambdas/orders/handler.ts');
const saveInPlace = (content: string): void => writeFileSync(handler(), content);
/** As most editors and formatters save: another file takes the place of the one there was. */
function replace(content: string): void {
  writeFileSync(`${handler()}.tmp`, content);
  renameSync(`${handler()}.tmp`, handler());
}

test('sees every save, in place and by replacing the file, in any order', async () => {
  await start();
  const saves = [replace, saveInPlace, saveInPlace, replace, replace, saveInPlace];
  for (const [index, save] of saves.entries()) {
    save(`save ${index}`);
    await expectBuilt();
    expect(built['lambdas/orders/handler.ts']).toBe(`save ${index}`);
  }
  expect(builds).toBeGreaterThanOrEqual(saves.length);
});

test('sees a file that is saved by moving the old one away first', async () => {
  await start();
  renameSync(handler(), `${handler()}~`);
  saveInPlace('moved away');
  rmSync(`${handler()}~`);
  await expectBuilt();
  appendFileSync(handler(), ', then appended to');
  await expectBuilt();
  expect(builds).toBeGreaterThan(0);
});

test('sees new folders and files, later saves in them, and what is deleted', async () => {
  await start();
  mkdirSync(join(root, 'lambdas/items/deep/er'), { recursive: true });
  writeFileSync(join(root, 'lambdas/items/deep/er/handler.ts'), 'new');
  await expectBuilt();
  writeFileSync(join(root, 'lambdas/items/deep/er/handler.ts'), 'saved again');
  await expectBuilt();
  renameSync(join(root, 'lambdas/items'), join(root, 'lambdas/things'));
  await expectBuilt();
  writeFileSync(join(root, 'lambdas/things/deep/er/handler.ts'), 'saved in the renamed folder');
  await expectBuilt();
  rmSync(handler());
  rmSync(join(root, 'lambdas/things'), { recursive: true });
  await expectBuilt();
  expect(Object.keys(built)).toEqual(['lambdas/routes.ts']);
});

test('sees a deleted file that comes back', async () => {
  await start();
  rmSync(handler());
  await expectBuilt();
  saveInPlace('back');
  await expectBuilt();
  saveInPlace('and saved');
  await expectBuilt();
});

test('builds once more for a save during a build', async () => {
  await start();
  saveInPlace('first');
  for (let tries = 0; tries < 400 && !isBuilding; tries += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isBuilding).toBe(true);
  saveInPlace('second');
  await expectBuilt();
});

test('sees git stash, stash pop and a switch of branches', async () => {
  const git = (...args: string[]): void => {
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
    execFileSync('git', [...identity, ...args], { cwd: root, stdio: 'ignore' });
  };
  git('init', '-q', '-b', 'one');
  git('add', '.');
  git('commit', '-qm', 'one');
  git('switch', '-qc', 'two');
  mkdirSync(join(root, 'lambdas/items'));
  writeFileSync(join(root, 'lambdas/items/handler.ts'), 'only in two');
  saveInPlace('two');
  git('add', '.');
  git('commit', '-qm', 'two');
  built = readTree(root);
  await start();
  git('switch', '-q', 'one');
  await expectBuilt();
  expect(built['lambdas/items/handler.ts']).toBeUndefined();
  git('switch', '-q', 'two');
  await expectBuilt();
  saveInPlace('not committed');
  await expectBuilt();
  git('stash', '-q');
  await expectBuilt();
  expect(built['lambdas/orders/handler.ts']).toBe('two');
  git('stash', 'pop', '-q');
  await expectBuilt();
  saveInPlace('after the stash');
  await expectBuilt();
  expect(built['lambdas/orders/handler.ts']).toBe('after the stash');
});

test('does not build for installed packages, git and temporary files of editors', async () => {
  mkdirSync(join(root, 'node_modules/package'), { recursive: true });
  mkdirSync(join(root, '.git'));
  await start();
  writeFileSync(join(root, 'node_modules/package/index.js'), '1');
  writeFileSync(join(root, '.git/index'), '1');
  for (const name of ['4913', '.handler.ts.swp', 'handler.ts~', '.#handler.ts']) {
    writeFileSync(join(root, 'lambdas/orders', name), '');
    rmSync(join(root, 'lambdas/orders', name));
  }
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(builds).toBe(0);
  saveInPlace('a real save');
  await expectBuilt();
});

test('calls back no more once it is stopped', async () => {
  await start();
  saveInPlace('just before');
  await watcher.stop();
  saveInPlace('after');
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(builds).toBe(0);
});
