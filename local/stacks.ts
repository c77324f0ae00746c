import { basename, join, resolve } from 'node:path';
import { isJsonObject } from '../lambdas/shared/json';
import { readJsonObject } from './app';
import type { Json, JsonObject } from './gateway/intrinsics';

/** A stack of a cloud assembly. */
export interface StackTemplate {
  /** The name it is deployed under; that of a nested stack is its file's. */
  readonly name: string;
  readonly template: JsonObject;
  /** Folder that the paths of its assets start from. */
  readonly folder: string;
  /** What its constructs warn of at synth, each in one line with the construct's path. */
  readonly warnings: readonly string[];
}

/**
 * Reads the stacks of a cloud assembly, also those of its stages. Nested stacks are read with {@link readNestedStack}.
 *
 * @param folder with `manifest.json`.
 * @throws AppError
 */
export function readStacks(folder: string): readonly StackTemplate[] {
  const { artifacts } = readJsonObject(join(folder, 'manifest.json'));
  const stacks: StackTemplate[] = [];
  const stages: StackTemplate[] = [];
  for (const [id, artifact] of Object.entries(isJsonObject(artifacts) ? artifacts : {})) {
    const { type, properties } = artifact as Artifact;
    if (type === 'cdk:cloud-assembly') stages.push(...readStacks(join(folder, String(properties?.directoryName))));
    if (type !== 'aws:cloudformation:stack') continue;
    const template = readJsonObject(join(folder, String(properties?.templateFile))) as JsonObject;
    const warnings = readWarnings(artifact as Artifact, folder);
    stacks.push({ name: String(properties?.stackName ?? id), template, folder, warnings });
  }
  return [...stacks, ...stages];
}

interface Artifact {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  /** By the path of a construct. */
  readonly metadata?: Metadata;
  readonly additionalMetadataFile?: string;
}

type Metadata = Readonly<Record<string, readonly { readonly type: string; readonly data?: unknown }[]>>;

/** The annotations that `cdk synth` prints, but for notes; with an error, it fails. */
function readWarnings({ metadata, additionalMetadataFile: file }: Artifact, folder: string): readonly string[] {
  const all = { ...(file === undefined ? {} : (readJsonObject(join(folder, file)) as Metadata)), ...metadata };
  return Object.entries(all).flatMap(([path, entries]) =>
    entries
      .filter(({ type }) => type === 'aws:cdk:warning' || type === 'aws:cdk:error')
      .map(({ data }) => `${path.replace(/^\//, '')}: ${String(data).replace(/\s+/g, ' ')}`),
  );
}

/** A nested stack, from the metadata of its resource; `undefined` when it is not in the assembly. */
export function readNestedStack(resource: Json | undefined, folder: string): StackTemplate | undefined {
  const { Type, Metadata } = (resource ?? {}) as { Type?: Json; Metadata?: { readonly 'aws:asset:path'?: Json } };
  const file = Metadata?.['aws:asset:path'];
  if (Type !== 'AWS::CloudFormation::Stack' || typeof file !== 'string') return undefined;
  const name = basename(file).replace(/\.nested\.template\.json$/, '');
  return { name, template: readJsonObject(resolve(folder, file)) as JsonObject, folder, warnings: [] };
}
