import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNoSource } from '../../../cli/start/sources';

test('what an app is made from is told from what it writes, documents and tests', () => {
  const root = mkdtempSync(join(tmpdir(), 'sources-'));
  try {
    writeFileSync(join(root, 'stack.ts'), '');
    const paths = ['lib', 'stack.ts', 'lib/test/x.ts', 'app.js', 'docs', 'dist', 'test', '.env', 'README.md'];
    const compiled = ['stack.js', 'stack.d.ts', 'stack.js.map'];
    const others = [...paths, ...compiled].filter((path) => isNoSource(root)(join(root, path)));
    expect(others).toEqual(['docs', 'dist', 'test', '.env', 'README.md', ...compiled]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
