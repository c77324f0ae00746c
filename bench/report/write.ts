import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceBetween } from '../../scripts/markers';
import { plots } from './plots';
import { readResults } from './results';
import { tables } from './tables';

/**
 * Draws the plots of a folder's results, and puts the tables between their markers
 * (`<!-- bench:NAME -->` … `<!-- /bench:NAME -->`) in a Markdown file.
 *
 * @throws when the file lacks a marker: a table would silently go missing.
 */
export function writeReport(folder: string, document: string): void {
  const results = readResults(folder);
  for (const [file, svg] of Object.entries(plots(results))) writeFileSync(join(folder, file), svg);
  if (!existsSync(document)) return;
  let text = readFileSync(document, 'utf8');
  for (const [name, table] of Object.entries(tables(results))) {
    text = replaceBetween(text, `<!-- bench:${name} -->`, `<!-- /bench:${name} -->`, table);
  }
  writeFileSync(document, text);
}
