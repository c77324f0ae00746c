import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder';

/**
 * Installs Python programs into a virtual environment under `.cache/`, once.
 *
 * @param name of the environment.
 * @param packages pinned, such as `cfn-lint==1.58.0`.
 * @returns the folder of its programs.
 * @throws Error that says what is needed when Python or the packages are not available.
 */
export function pythonPrograms(name: string, packages: readonly string[]): string {
  const folder = cacheFolder(['python', name, ...packages].join('-'));
  const programs = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return programs;
  console.log(`Installing ${packages.join(' ')} into a virtual environment …`);
  try {
    execFileSync('python3', ['-m', 'venv', '--clear', folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (cause) {
    throw new Error(
      'This command needs Python 3.10 or newer with its venv module (on Debian: apt install python3-venv).',
      {
        cause,
      },
    );
  }
  try {
    const options = ['--quiet', '--disable-pip-version-check'];
    execFileSync(join(programs, 'pip'), ['install', ...options, ...packages], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    execFileSync(join(programs, 'python'), ['-c', `open(${JSON.stringify(complete)}, 'w').close()`]);
  } catch (cause) {
    throw new Error(
      `${packages.join(' ')} cannot be installed: this command needs access to the Python package index.`,
      {
        cause,
      },
    );
  }
  return programs;
}
