import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { leaveLocalRun, localRunFile, readLocalRun } from '../../local/local-run';

const run = {
  pid: process.pid,
  apiUrl: 'http://127.0.0.1:3000',
  routes: [],
  authorizer: {},
  issuer: {
    url: 'https://localhost:3001',
    audience: 'api',
    caFile: '/tmp/issuer.pem',
    clientId: 'client',
    clientSecret: 'secret',
  },
  ownIssuer: false,
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'local-run-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the file of a local run', () => {
  test('is found by the tools as long as the run lasts, and is for its user alone', () => {
    const remove = leaveLocalRun(root, run);
    expect(readLocalRun(root)).toEqual(run);
    expect(statSync(localRunFile(root)).mode & 0o777).toBe(0o600);
    remove();
    expect(readLocalRun(root)).toBeUndefined();
  });

  test('becomes private even where a readable one was left', () => {
    leaveLocalRun(root, run)();
    writeFileSync(localRunFile(root), '{}', { mode: 0o644 });
    leaveLocalRun(root, run);
    expect(statSync(localRunFile(root)).mode & 0o777).toBe(0o600);
  });

  test('counts for nothing once its process is gone, or when it is not readable', () => {
    leaveLocalRun(root, { ...run, pid: 2 ** 30 });
    expect(readLocalRun(root)).toBeUndefined();
    writeFileSync(localRunFile(root), 'no JSON');
    expect(readLocalRun(root)).toBeUndefined();
  });

  test('is renewed by its own run', () => {
    leaveLocalRun(root, run);
    const renewed = { ...run, authorizer: { AUTHACTION_REVOKED: 'sub:alice' } };
    const remove = leaveLocalRun(root, renewed);
    expect(readLocalRun(root)).toEqual(renewed);
    remove();
    expect(readLocalRun(root)).toBeUndefined();
  });

  test('stays that of the run under way while others come and go', () => {
    leaveLocalRun(root, run);
    const removeLater = leaveLocalRun(root, { ...run, pid: process.ppid, apiUrl: 'http://127.0.0.1:3999' });
    expect(readLocalRun(root)).toEqual(run);
    removeLater();
    expect(readLocalRun(root)).toEqual(run);
  });

  test('is removed by the next run of any project once its own was killed, and nothing else is', () => {
    const others = ['left', 'alive'].map((name) => join(root, name));
    const [left = '', alive = ''] = others.map(localRunFile);
    const foreign = join(dirname(left), 'note.json');
    writeFileSync(left, JSON.stringify({ ...run, pid: 2 ** 30 }));
    writeFileSync(alive, JSON.stringify(run));
    writeFileSync(foreign, JSON.stringify({ ...run, pid: 2 ** 30 }));
    leaveLocalRun(root, run);
    expect([left, alive, foreign].map((file) => existsSync(file))).toEqual([false, true, true]);
    for (const file of [alive, foreign]) rmSync(file);
  });

  test('takes the place of one that was left behind', () => {
    leaveLocalRun(root, { ...run, pid: 2 ** 30 });
    leaveLocalRun(root, run);
    expect(readLocalRun(root)).toEqual(run);
  });
});
