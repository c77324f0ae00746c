import { type FSWatcher, watch } from 'chokidar';

/** Quiet time after the last change before it is acted on, in milliseconds: editors and git write in several steps. */
const QUIET_MS = 100;

/** What is neither source nor configuration: installed or generated folders, and the temporary files of editors. */
const IGNORED_FOLDER = /^(node_modules|cdk\.out|\.git|\.cache)$/;
const IGNORED_FILE = /~$|^\.#|\.sw[a-z]$|^4913$/;

export interface SourceWatcher {
  /** Resolves once every change from then on is seen. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Calls back after changes in folders: files and folders that are written in place, replaced, added or removed, however
 * deep. Calls never overlap: a change during one causes one more, so that the last call sees what is on disk at the end.
 * Folders such as `node_modules`, `cdk.out` and `.git` are left out.
 *
 * @param changed what to do; must not reject.
 * @param folders absolute paths.
 * @param isIgnored which other paths in them are left out.
 * @example
 * const watcher = watchSources(() => stack.redeploy(), [join(root, 'lambdas')]);
 * await watcher.stop();
 */
export function watchSources(
  changed: () => Promise<void>,
  folders: readonly string[],
  isIgnored: (path: string) => boolean = () => false,
): SourceWatcher {
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let isStale = false;

  async function run(): Promise<void> {
    isStale = true;
    if (isRunning) return;
    isRunning = true;
    while (isStale) {
      isStale = false;
      await changed();
    }
    isRunning = false;
  }

  const watcher: FSWatcher = watch([...folders], {
    ignoreInitial: true,
    ignored: (path, stats) => {
      if (folders.includes(path)) return false;
      if (isIgnored(path)) return true;
      const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
      return IGNORED_FOLDER.test(name) || (stats?.isFile() === true && IGNORED_FILE.test(name));
    },
  });
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void run(), QUIET_MS);
  });
  return {
    ready: new Promise((resolve) => void watcher.once('ready', resolve)),
    async stop() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
