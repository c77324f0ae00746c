import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { AppError } from '../../local/app';
import { makeRunFolder } from '../../local/run-folder';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'run-folder-'));
});
afterEach(() => {
  rmSync(parent, { recursive: true });
});

describe('the folder of a run', () => {
  const left = (name: string): string => {
    mkdirSync(join(parent, name));
    writeFileSync(join(parent, name, 'file'), '');
    return join(parent, name);
  };

  test('is made after those of killed runs are removed; those of others stay', () => {
    const killed = [left(`authaction-local-${2 ** 30}-a`), left(`authaction-lambda-${2 ** 30}-b`)];
    const others = [left(`authaction-local-${process.ppid}-a`), left('authaction-local-x'), left(`other-${2 ** 30}-a`)];
    const folder = makeRunFolder(parent);
    expect(basename(folder)).toMatch(new RegExp(`^authaction-local-${process.pid}-`));
    expect(killed.map(existsSync)).toEqual([false, false]);
    expect(others.map(existsSync)).toEqual([true, true, true]);
  });

  test('is refused with the name of the folder that cannot be used', () => {
    const make = () => makeRunFolder(join(parent, 'nowhere'));
    expect(make).toThrow(AppError);
    expect(make).toThrow(/nowhere, cannot be used: ENOENT\. Set TMPDIR/);
  });

  const isRoot = process.getuid?.() === 0;
  (isRoot ? test.skip : test)(`is refused where nothing may be written${isRoot ? ' (skipped: root may)' : ''}`, () => {
    chmodSync(parent, 0o500);
    try {
      expect(() => makeRunFolder(parent)).toThrow('cannot be used: EACCES');
    } finally {
      chmodSync(parent, 0o700);
    }
  });
});
