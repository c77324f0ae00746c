import { quietly } from '../cases';
import { policies, policyNames } from '../fleet/policies';
import { scenarios } from '../fleet/scenarios';
import { handlerNames, handlers } from '../handlers';
import { shareSubjects } from '../share';
import { readable } from './bar-chart';
import type { Measured, Results } from './results';
import { targets } from './targets';

/** The generated parts of `docs/performance.md`, by the name of their marker. */
export function tables(results: Results): Record<string, string> {
  return {
    machine: machineTable(results),
    targets: targetTable(results),
    latency: latencyTable(results),
    refusals: refusalTable(results),
    cold: coldTable(results),
    share: shareTable(results),
    memory: memoryTable(results),
    fleet: fleetTable(results),
    cost: costTable(results),
  };
}

type Cell = string | number | undefined;

/** A Markdown table. Numbers are set right-aligned and rounded for reading. */
function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map(shown).join(' | ')} |`;
  const rule = head.map((_, index) => (typeof rows[0]?.[index] === 'number' ? '---:' : '---'));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

const shown = (cell: Cell): string => (typeof cell === 'number' ? readable(cell) : (cell ?? '–'));

function machineTable(results: Results): string {
  const all = Object.values(results).flatMap((byNode) => Object.values(byNode) as Measured<unknown>[]);
  const distinct = (values: string[]) => [...new Set(values)].sort().join('; ');
  const versions = all.at(-1)?.versions ?? {};
  return table(
    ['', ''],
    [
      ['date', distinct(all.map(({ date }) => date))],
      ['machine', distinct(all.map(({ machine }) => machine))],
      ['Node', distinct(Object.values(results.latency).map(({ node }) => node))],
      [
        'libraries',
        Object.entries(versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(', '),
      ],
    ],
  );
}

function targetTable(results: Results): string {
  const nodes = Object.keys(results.latency);
  const rows = targets(results).map(({ text, limit, measured }) => {
    const cell = (node: string) => {
      const one = measured[node] ?? measured[''];
      return one && `${one.shown} ${one.met ? '✓' : '✗'}`;
    };
    return [text, limit, ...nodes.map(cell)];
  });
  return table(['target', 'at most', ...nodes.map((node) => `Node ${node}`)], rows);
}

function latencyTable({ latency }: Results): string {
  const nodes = Object.keys(latency);
  const row = (label: string, name: string): Cell[] => [
    label,
    ...nodes.flatMap((node) => {
      const result = latency[node]?.result;
      return [result?.callMicroseconds[name], result?.invocationMicroseconds[name]];
    }),
  ];
  const rows = [
    ...handlerNames.map((name) => row(`first-seen: ${handlers[name]}`, `first-seen: ${name}`)),
    row(`first-seen: ${handlers.ours}, no info lines`, quietly('first-seen: ours')),
    ...(['ours', 'fast-jwt', 'aws-jwt-verify'] as const).map((name) =>
      row(`repeated: ${handlers[name]}`, `repeated: ${name}`),
    ),
    row(`repeated: ${handlers.ours}, no info lines`, quietly('repeated: ours')),
  ];
  return table(['µs per call', ...nodes.flatMap((node) => [`Node ${node}`, 'with JSON'])], rows);
}

function refusalTable({ latency }: Results): string {
  const nodes = Object.keys(latency);
  const names = Object.keys(latency[nodes[0] ?? '']?.result.callMicroseconds ?? {}).filter(
    (n) => n.startsWith('refused') && !n.endsWith(quietly('')),
  );
  const rows = names.map((name) => [
    name.slice('refused: '.length),
    ...nodes.flatMap((node) => {
      const result = latency[node]?.result;
      return [result?.callMicroseconds[name], result?.callRatio[name], result?.callRatio[quietly(name)]];
    }),
  ]);
  return table(
    ['refused', ...nodes.flatMap((node) => [`Node ${node}, µs`, 'to a good token', 'without info lines'])],
    rows,
  );
}

function coldTable({ cold }: Results): string {
  const nodes = Object.keys(cold);
  const rows = handlerNames.map((name) => [
    handlers[name],
    (cold[nodes[0] ?? '']?.result.bundleBytes[name] ?? Number.NaN) / 1000,
    ...nodes.flatMap((node) => [
      cold[node]?.result.loadMilliseconds[name],
      cold[node]?.result.overEmptyMilliseconds[name],
    ]),
  ]);
  return table(
    ['bundle', 'kB', ...nodes.flatMap((node) => [`Node ${node}: load, ms`, 'load + first decision over empty, ms'])],
    rows,
  );
}

function shareTable({ share }: Results): string {
  const nodes = Object.keys(share);
  const rows = Object.entries(shareSubjects).map(([name, label]) => [
    label,
    ...nodes.flatMap((node) => {
      const result = share[node]?.result;
      return [result?.firstCallMilliseconds['after init'][name], result?.firstCallMilliseconds['at once'][name]];
    }),
  ]);
  const methods = [...new Set(Object.values(share).map(({ result }) => result.method))].join('; ');
  const head = ['first call at 128 MB, ms', ...nodes.flatMap((node) => [`Node ${node}: after init`, 'at once'])];
  return `${table(head, rows)}\n\nThe share is kept by: ${methods}.`;
}

function memoryTable({ memory }: Results): string {
  const nodes = Object.keys(memory);
  const names = ['ours', 'aws-jwt-verify', 'fast-jwt', 'jose', 'jsonwebtoken'] as const;
  const rows = names.map((name) => [
    handlers[name],
    memory[nodes[0] ?? '']?.result[name]?.decisions,
    ...nodes.map((node) => (memory[node]?.result[name]?.retainedBytes ?? Number.NaN) / 1e6),
  ]);
  return table(['handler', 'decisions', ...nodes.map((node) => `Node ${node}: retained, MB`)], rows);
}

function fleetTable({ fleet }: Results): string {
  const results = fleet['']?.result;
  if (!results) return '';
  const rows = Object.entries(scenarios).flatMap(([name, { title, containers, minutes }]) =>
    policyNames.map((policy, index): Cell[] => {
      const result = results[name as keyof typeof scenarios][policy];
      return [
        index === 0 ? title : '',
        policies[policy].title,
        result.providerRequests,
        (result.providerRequests / containers / minutes) * 60,
        result.wronglyRefused,
        result.unavailable,
        result.withdrawnAcceptedForSeconds || undefined,
      ];
    }),
  );
  return table(
    [
      'scenario',
      'policy',
      'provider requests',
      'per container and hour',
      'good tokens refused (401)',
      'good tokens undecided (503)',
      'withdrawn key accepted for, s',
    ],
    rows.map((row) => row.map((cell, index) => (index === 6 && cell !== undefined ? readable(Number(cell)) : cell))),
  );
}

const MEMORY_SIZES_MB = [128, 256, 512, 1_024, 1_769] as const;
const FULL_CPU_MB = 1_769;

/** A model, and said to be one: CPU in proportion to memory, duration in whole milliseconds. */
function costTable({ latency }: Results): string {
  const node = Object.keys(latency).at(-1) ?? '';
  const microseconds = latency[node]?.result.invocationMicroseconds['first-seen: ours'] ?? Number.NaN;
  const byMemory = MEMORY_SIZES_MB.map((memory) => {
    const milliseconds = ((microseconds / 1000) * FULL_CPU_MB) / memory;
    const billed = Math.max(1, Math.ceil(milliseconds));
    return [`${memory} MB`, milliseconds, billed, (billed / 1000) * (memory / 1024) * 1e6];
  });
  return table(['memory', 'a decision, ms', 'billed, ms', 'GB-seconds per million decisions'], byMemory);
}
