import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../infra/bundling';
import { cold } from './cold';
import { fleet } from './fleet';
import { bundleAll } from './handlers';
import { latency } from './latency';
import { memory } from './memory';
import { nodeBinary } from './node-versions';
import { readResults, writeResult } from './report/results';
import { targets } from './report/targets';
import { writeReport } from './report/write';
import type { Run } from './run';
import { share } from './share';

const perNode = { latency, cold, share, memory } as const;
const names = ['latency', 'cold', 'share', 'memory', 'fleet', 'report'] as const;

const USAGE = `Usage: npm run bench -- [${names.join('|')} …] [--node 22,24] [--out FOLDER] [--smoke]
  without names   all of them
  --node          major versions to measure under; those that are not running are taken from npm into .cache/
  --out           folder for results and plots (default docs/performance)
  --smoke         as little as shows that nothing is broken, into a folder that is thrown away`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      node: { type: 'string', default: process.versions.node.split('.')[0] ?? '' },
      out: { type: 'string', default: join(projectRoot, 'docs', 'performance') },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.filter((name) => !(names as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Error(`There is no bench called ${unknown.join(', ')}.\n${USAGE}`);
  if (values.help) return console.log(USAGE);
  const wanted = new Set(positionals.length > 0 ? positionals : names);
  const { smoke } = values;

  const work = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const out = smoke ? join(work, 'results') : values.out;
    const bundles = await bundleAll(join(work, 'bundles'), ['latency', 'cold', 'first-call', 'memory']);
    for (const major of values.node.split(',')) {
      const node = nodeBinary(major.trim());
      for (const [name, bench] of Object.entries(perNode)) {
        if (!wanted.has(name)) continue;
        const run: Run = {
          node,
          bundles,
          smoke,
          note: (text) => console.log(`${name}, Node ${node.version}: ${text}`),
        };
        writeResult(out, name as keyof typeof perNode, node.version, await bench(run));
      }
    }
    if (wanted.has('fleet')) {
      const note = (text: string) => console.log(`fleet: ${text}`);
      writeResult(out, 'fleet', process.versions.node, await fleet({ smoke, note }));
    }
    writeReport(out, smoke ? '' : join(projectRoot, 'docs', 'performance.md'));
    if (smoke) console.log('Every bench runs. The figures of a smoke run mean nothing.');
    else printTargets(out);
  } finally {
    rmSync(work, { recursive: true });
  }
}

function printTargets(folder: string): void {
  for (const { text, limit, measured } of targets(readResults(folder))) {
    const shown = Object.entries(measured).map(
      ([node, { shown: value, met }]) => `${node && `Node ${node}: `}${value} ${met ? 'met' : 'NOT MET'}`,
    );
    console.log(`${text} (at most ${limit}): ${shown.join(', ') || 'not measured'}`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
