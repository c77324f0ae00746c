import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  for (const [name, table] of Object.entries(tables(results))) text = replaceBetweenMarkers(text, name, table);
  writeFileSync(document, text);
}

/** @throws when the marker is not there exactly once. */
export function replaceBetweenMarkers(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [before, inner, ...more] = text.split(start);
  const after = inner?.split(end)[1];
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`The document needs ${start} and ${end} once each`);
  }
  return `${before}${start}\n${content}\n${end}${after}`;
}
