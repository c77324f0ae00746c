import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../infra/bundling';
import { commandLine } from '../../terminal/command-line';

const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

test.each([
  ['start', '', 'npm start'],
  ['start', '--own-issuer', 'npm start -- --own-issuer'],
  ['token', '', 'npm run -s token'],
  ['revoke', '--list', 'npm run -s revoke -- --list'],
])('in a clone, %s %s is a script of npm', (name, options, expected) => {
  expect(commandLine(name, options)).toBe(expected);
});

test('every command has a script of its name', () => {
  const usage = readFileSync(join(projectRoot, 'cli', 'main.ts'), 'utf8');
  const names = [...usage.matchAll(/^ {2}(\w+): \(args\) => /gm)].map(([, name = '']) => name);
  expect(names).toContain('revoke');
  for (const name of names) expect(scripts[name]).toContain(`cli/main.ts ${name}`);
});
