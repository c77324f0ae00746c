/**
 * Tries what API Gateway is known to do on a server, and writes `docs/local-gateway.md`: `npm run conformance`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { labTemplate } from './lab';
import { startLocalLab } from './local-lab';
import { LOCAL, type Result, score, type Unmet, writeResult } from './results';
import type { Row, Source } from './row';
import { tryRow } from './run';
import { writeServerlessLab } from './serverless-lab';
import { BINARY_MEDIA_TYPES, binaryTable, table } from './table';

const USAGE = `npm run conformance [-- --url URL [--binary-url URL] [--name NAME]] [-- --template [--binary]] [-- --serverless FOLDER]

  --url         address of a deployed lab; default: the lab served by the local gateway
  --binary-url  address of a lab with binary media types
  --name        what the page calls that server; without it, the page stays as it is
  --template    prints the lab as a CloudFormation template
  --binary      of an API with binary media types
  --serverless  writes the lab into a folder as a project of the Serverless Framework, for serverless-offline
  --help`;

async function tryAll(url: string, binaryUrl: string | undefined): Promise<Required<Result>> {
  const unmet: Unmet[] = [];
  const areas: Result['areas'][number][] = [];
  const tryArea = async (baseUrl: string, area: string, rows: readonly Row[]): Promise<void> => {
    let met = 0;
    for (const row of rows) {
      await waitUntilUp(baseUrl);
      const [difference] = await tryRow(baseUrl, row).catch((error: Error) => [error.message]);
      if (difference === undefined) met += 1;
      else unmet.push({ area, fact: row.fact, kind: row.source.kind, difference });
    }
    areas.push({ area, met, rows: rows.length });
  };
  for (const [area, rows] of Object.entries(table)) await tryArea(url, area, rows);
  if (binaryUrl !== undefined) {
    for (const [area, rows] of Object.entries(binaryTable)) await tryArea(binaryUrl, area, rows);
  }
  return { date: new Date().toISOString().slice(0, 10), areas, unmet };
}

/** Some servers end at a row: they have half a minute to be started anew. */
async function waitUntilUp(url: string): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await sleep(500);
  }
  throw new Error(`${url} does not answer`);
}

const countOf = (kind: Source['kind']): number =>
  Object.values({ ...table, ...binaryTable })
    .flat()
    .filter(({ source }) => source.kind === kind).length;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      'binary-url': { type: 'string' },
      name: { type: 'string' },
      template: { type: 'boolean' },
      binary: { type: 'boolean' },
      serverless: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(USAGE);
  if (values.template) {
    const options = values.binary ? { binaryMediaTypes: BINARY_MEDIA_TYPES } : {};
    return console.log(JSON.stringify(labTemplate(options), null, 2));
  }
  if (values.serverless !== undefined) return writeServerlessLab(values.serverless);
  const lab = values.url === undefined ? await startLocalLab() : undefined;
  try {
    const url = lab?.gateway.url ?? values.url ?? '';
    const result = await tryAll(url, lab?.binaryGateway.url ?? values['binary-url']);
    const name = lab ? LOCAL : values.name;
    if (name !== undefined) {
      writeResult(name, result, { measured: countOf('measured'), documented: countOf('documented') });
    }
    for (const { area, fact, difference } of result.unmet)
      console.log(`not met  ${area}: ${fact}\n         ${difference}`);
    const { met, rows } = score(result);
    console.log(`${met} of ${rows} rows are met by ${name ?? url}`);
  } finally {
    await lab?.stop();
  }
}

main().catch((error: unknown) => {
  const isUsage = String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
  console.error(`${error instanceof Error ? error.message : String(error)}${isUsage ? `\n\n${USAGE}` : ''}`);
  process.exitCode = isUsage ? 2 : 1;
});
