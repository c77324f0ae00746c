import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { authorizerZip, releaseNotes, sha256 } from '../../scripts/release';

const CHANGELOG = '# Changelog\n\n## Unreleased\n\n* later\n\n## 1.1.0\n\n* added\n\n## 1.0.0\n\n* first\n';

describe('the notes of a release', () => {
  test('are the section of its version, and the sums', () => {
    expect(releaseNotes(CHANGELOG, '1.1.0', { 'authorizer.zip': 'ab' })).toBe(
      '* added\n\n### SHA-256\n\n* `authorizer.zip`: `ab`\n',
    );
    expect(releaseNotes(CHANGELOG, '1.0.0', {})).toMatch(/^\* first\n/);
  });

  test('are refused for a version that the changelog does not describe', () => {
    expect(() => releaseNotes(CHANGELOG, '2.0.0', {})).toThrow('CHANGELOG.md has no section "## 2.0.0"');
  });
});

describe('authorizer.zip', () => {
  const lib = mkdtempSync(join(tmpdir(), 'release-'));
  afterAll(() => rmSync(lib, { recursive: true }));
  mkdirSync(join(lib, 'authorizer'));
  writeFileSync(join(lib, 'authorizer', 'index.js'), 'exports.handler = 1;');
  writeFileSync(join(lib, 'authorizer', 'LICENSES.txt'), 'Apache-2.0');

  test('holds the code and the licenses, and no route table', () => {
    const files = unzipSync(authorizerZip(lib));
    expect(Object.keys(files)).toEqual(['index.js', 'LICENSES.txt']);
    expect(Buffer.from(files['index.js'] ?? []).toString()).toBe('exports.handler = 1;');
  });

  test('is the same whenever and wherever it is made', () => {
    const sum = sha256(authorizerZip(lib));
    const { TZ } = process.env;
    try {
      process.env.TZ = 'Pacific/Kiritimati';
      expect(sha256(authorizerZip(lib))).toBe(sum);
    } finally {
      if (TZ === undefined) delete process.env.TZ;
      else process.env.TZ = TZ;
    }
  });
});
