import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cold } from './cold';
import { fleet } from './fleet';
import { bundleAll } from './handlers';
import { latency } from './latency';
import { memory } from './memory';
import { type BenchName, details, type Results } from './report/details';
import { measuredHere, page, summary, withSummary } from './report/summary';
import type { Run } from './run';
import { share } from './share';

const benches = { latency, cold, share, memory, fleet } as const satisfies {
  [Name in BenchName]: (run: Run) => Promise<Results[Name]>;
};

const USAGE = `Usage: npm run bench -- [${Object.keys(benches).join('|')} …] [--smoke]
  without names   all of them; the summary goes to docs/performance.md
  --smoke         as little as shows that nothing is broken; the figures mean nothing and go nowhere`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { smoke: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) return console.log(USAGE);
  const unknown = positionals.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0) throw new Error(`There is no bench called ${unknown.join(', ')}.\n${USAGE}`);
  const { smoke } = values;
  const isWanted = (name: BenchName) => positionals.length === 0 || positionals.includes(name);

  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const bundles = await bundleAll(folder, ['latency', 'cold', 'first-call', 'memory']);
    const results: Partial<Results> = {};
    const run = async <Name extends BenchName>(name: Name, bench: (run: Run) => Promise<Results[Name]>) => {
      if (!isWanted(name)) return;
      const result = await bench({ bundles, smoke, note: (text) => console.error(`${name}: ${text}`) });
      results[name] = result;
      console.log(`\n${details[name](result)}\n`);
    };
    await run('latency', latency);
    await run('cold', cold);
    await run('share', share);
    await run('memory', memory);
    await run('fleet', fleet);
    if (isComplete(results)) {
      const text = withSummary(readFileSync(page, 'utf8'), summary(results, measuredHere()));
      if (!smoke) writeFileSync(page, text);
    }
    if (smoke) console.log('Every bench runs. The figures of a smoke run mean nothing.');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const isComplete = (results: Partial<Results>): results is Results =>
  Object.keys(benches).every((name) => Object.hasOwn(results, name));

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
