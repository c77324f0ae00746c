import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtConsumers, runCompiled, samples, sampleSources as source, typeErrors } from './built-consumers';

let folder: string;
let assemblies: string;
beforeAll(async () => {
  folder = await builtConsumers();
  assemblies = join(folder, 'samples', 'cdk.out');
  runCompiled(folder, 'samples', 'run.js', ...samples);
}, 60_000);

type Operation = readonly [key: string, operation: { readonly security: readonly unknown[] }];

/** The operations of an OpenAPI document. */
function operationsIn(body: unknown): Operation[] {
  const { paths = {} } = (body ?? {}) as { readonly paths?: Readonly<Record<string, object>> };
  return Object.values(paths).flatMap((item) => Object.entries(item) as unknown as Operation[]);
}

/** Lines that a sample gains or that change when it adopts the package; empty ones do not count. */
function changedLines(sample: string): number {
  const linesOf = (stage: string) =>
    readdirSync(join(source, sample, stage)).flatMap((file) => [file, ...linesIn(join(source, sample, stage, file))]);
  return added(linesOf('before'), linesOf('after')) - (existsSync(join(source, sample, 'before', 'routes.ts')) ? 0 : 1);
}

const linesIn = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');

/** How many entries of a list are not part of the longest common subsequence. */
function added(before: readonly string[], after: readonly string[]): number {
  let lengths = new Array<number>(before.length + 1).fill(0);
  for (const line of after) {
    const next = [0];
    for (const [index, known] of before.entries()) {
      const best = line === known ? (lengths[index] ?? 0) + 1 : Math.max(lengths[index + 1] ?? 0, next[index] ?? 0);
      next.push(best);
    }
    lengths = next;
  }
  return after.length - (lengths.at(-1) ?? 0);
}

test('what the samples write has the types of the package', () => {
  expect(typeErrors(folder, 'samples')).toEqual([]);
});

describe.each(samples)('the sample %s', (sample) => {
  const template = () => JSON.parse(readFileSync(join(assemblies, sample, 'Sample.template.json'), 'utf8'));
  const resources = (type: string) =>
    Object.values(template().Resources as Record<string, { Type: string; Properties: Record<string, unknown> }>).filter(
      ({ Type }) => Type === type,
    );

  test('adopts the package in at most 12 changed lines', () => {
    expect(changedLines(sample)).toBeGreaterThan(0);
    expect(changedLines(sample)).toBeLessThanOrEqual(12);
  });

  test('has every method but preflights behind the authorizer', () => {
    const methods = resources('AWS::ApiGateway::Method').map(({ Properties }) => Properties);
    const operations = resources('AWS::ApiGateway::RestApi').flatMap(({ Properties }) => operationsIn(Properties.Body));
    const types = [
      ...methods.map(({ HttpMethod, AuthorizationType }) => [HttpMethod !== 'OPTIONS', AuthorizationType]),
      ...operations.map(([key, { security }]) => [key !== 'options', security.length === 1 ? 'CUSTOM' : 'NONE']),
    ];
    expect(types.length).toBeGreaterThan(0);
    for (const [isCall, type] of types) expect(type).toBe(isCall ? 'CUSTOM' : 'NONE');
  });

  test('stages the authorizer with its table', () => {
    const assets = readdirSync(join(assemblies, sample)).filter((name) =>
      existsSync(join(assemblies, sample, name, 'routes.json')),
    );
    expect(assets).toHaveLength(1);
  });
});

test('the sample with its own gateway response keeps it, and its own Deployment waits for the authorizer', () => {
  const file = join(assemblies, 'own-deployment', 'Sample.template.json');
  const { Resources } = JSON.parse(readFileSync(file, 'utf8')) as {
    Resources: Record<string, { Type: string; Properties: Record<string, unknown>; DependsOn?: string[] }>;
  };
  const all = Object.entries(Resources);
  const types = all.filter(([, { Type }]) => Type === 'AWS::ApiGateway::GatewayResponse');
  expect(types.filter(([, { Properties }]) => Properties.ResponseType === 'DEFAULT_4XX')).toHaveLength(1);
  const [authorizer] = all.find(([, { Type }]) => Type === 'AWS::ApiGateway::Authorizer') ?? [];
  const [, deployment] = all.find(([, { Type }]) => Type === 'AWS::ApiGateway::Deployment') ?? [];
  expect(deployment?.DependsOn).toContain(authorizer);
});

test('a line that changes counts once, and so does one that is new', () => {
  expect(added(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toBe(2);
  expect(added(['a'], ['a'])).toBe(0);
});
