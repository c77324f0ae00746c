/** Writes README's table of settings anew from the settings themselves: `npm run settings`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../infra/bundling';
import { type Default, type Setting, settingsTable } from '../infra/settings';
import { takesNoArguments } from '../terminal/usage';
import { replaceBetween } from './markers';

const BEGIN = '<!-- settings: begin -->';
const END = '<!-- settings: end -->';

/** The page with its table of settings as it is today. @throws Error when the page has no place for it. */
export function withSettingsTable(page: string, rows: Readonly<Record<string, Setting>> = settingsTable): string {
  const lines = Object.entries(rows).map(
    ([name, row]) => `| \`${name}\` | ${defaultText(row.default)} | ${row.meaning} |`,
  );
  return replaceBetween(page, BEGIN, END, `\n| setting | default | meaning |\n|---|---|---|\n${lines.join('\n')}\n`);
}

function defaultText(value: Default | undefined): string {
  if (value === undefined) return '–';
  if (typeof value === 'string') return value === '' ? '' : `\`${value}\``;
  return `\`${value.others}\`, in \`dev\` \`${value.dev}\``;
}

if (require.main === module) {
  takesNoArguments("npm run settings: writes README's table of settings");
  const file = join(projectRoot, 'README.md');
  writeFileSync(file, withSettingsTable(readFileSync(file, 'utf8')));
  console.log('README.md');
}
