import { resolve } from 'node:path';
import type { Json, JsonObject } from './gateway/intrinsics';
import { readNestedStack, type StackTemplate } from './stacks';

/** All stacks of an assembly as one template. Logical ids are the stacks' own where they are unique. */
export interface MergedTemplate {
  readonly Resources: Readonly<Record<string, MergedResource>>;
  readonly Parameters: JsonObject;
}

export interface MergedResource {
  readonly Type: string;
  readonly Properties: JsonObject;
  readonly Metadata: JsonObject;
  /** Name of the stack it comes from. */
  readonly stack: string;
}

interface Part extends StackTemplate {
  /** A logical id of this stack → its id in the merged template. */
  readonly ids: Map<string, string>;
  /** Values of a nested stack's parameters, to be read in its parent. */
  readonly parameters: JsonObject;
  readonly parent?: Part;
  /** Nested stacks, by the logical id of their resource. */
  readonly nested: Map<string, Part>;
}

/**
 * Puts the stacks of an assembly together: what one stack refers to in another is there. Exports and imports, outputs of
 * other stacks (`Fn::GetStackOutput`), parameters and outputs of nested stacks become plain references.
 */
export function mergeStacks(stacks: readonly StackTemplate[]): MergedTemplate {
  const parts: Part[] = [];
  const taken = new Set<string>();

  function add(stack: StackTemplate, parameters: JsonObject = {}, parent?: Part): Part {
    const part: Part = { ...stack, ids: new Map(), nested: new Map(), parameters, ...(parent ? { parent } : {}) };
    parts.push(part);
    const resources = section(stack.template, 'Resources');
    for (const id of [...Object.keys(resources), ...Object.keys(section(stack.template, 'Parameters'))]) {
      const unique = freeId(id, stack.name, taken);
      taken.add(unique);
      part.ids.set(id, unique);
    }
    for (const [id, resource] of Object.entries(resources)) {
      const child = readNestedStack(resource, stack.folder);
      if (!child) continue;
      part.nested.set(id, add(child, section(section(resource, 'Properties'), 'Parameters'), part));
    }
    return part;
  }
  for (const stack of stacks) add(stack);

  /** The value with every reference in terms of the merged template. */
  function rewrite(value: Json, part: Part): Json {
    if (Array.isArray(value)) return value.map((item: Json) => rewrite(item, part));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [];
    if (entries.length === 1 && name !== undefined && argument !== undefined) {
      const rewritten = rewriteFunction(name, argument, part);
      if (rewritten !== undefined) return rewritten;
    }
    return Object.fromEntries(entries.map(([key, item]) => [key, rewrite(item, part)]));
  }

  /** `undefined`: no function, or one whose arguments are rewritten like any other value. */
  function rewriteFunction(name: string, argument: Json, part: Part): Json | undefined {
    switch (name) {
      case 'Ref':
        return refer(String(argument), part);
      case 'Fn::GetAtt': {
        const [id = '', ...attribute] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
        return attributeOf(id, attribute.join('.'), part);
      }
      case 'Fn::Sub':
        return substitute(argument, part);
      case 'Fn::ImportValue': {
        const wanted = rewrite(argument, part);
        return outputOf(parts, ({ Export }) => section({ Export: Export ?? {} }, 'Export').Name === wanted);
      }
      case 'Fn::GetStackOutput': {
        const { StackName, OutputName } = argument as { StackName?: Json; OutputName?: Json };
        const owners = parts.filter((candidate) => candidate.name === StackName);
        return outputOf(owners, (_output, id) => id === OutputName);
      }
      default:
        return undefined;
    }
  }

  function outputOf(owners: readonly Part[], isWanted: (output: JsonObject, id: string) => boolean): Json | undefined {
    for (const owner of owners) {
      for (const [id, output] of Object.entries(section(owner.template, 'Outputs'))) {
        if (isWanted(output as JsonObject, id)) return rewrite((output as JsonObject).Value ?? '', owner);
      }
    }
    return undefined;
  }

  function refer(id: string, part: Part): Json {
    const given = part.parameters[id];
    if (given !== undefined && part.parent) return rewrite(given, part.parent);
    return { Ref: part.ids.get(id) ?? id };
  }

  function attributeOf(id: string, attribute: string, part: Part): Json {
    const child = part.nested.get(id);
    const output = child && outputOf([child], (_output, name) => `Outputs.${name}` === attribute);
    return output ?? { 'Fn::GetAtt': [part.ids.get(id) ?? id, attribute] };
  }

  /** `Fn::Sub` as the `Fn::Join` that it is short for. */
  function substitute(argument: Json, part: Part): Json {
    const [text, values] = Array.isArray(argument) ? argument : [argument, {}];
    const given = rewrite(values ?? {}, part) as JsonObject;
    const pieces = String(text)
      .split(/(\$\{[^}]*\})/)
      .map((piece): Json => {
        const key = /^\$\{([^!}][^}]*)\}$/.exec(piece)?.[1]?.trim();
        if (key === undefined) return piece.replace(/^\$\{!/, '${');
        if (given[key] !== undefined) return given[key];
        const [id = '', ...attribute] = key.split('.');
        return attribute.length === 0 ? refer(id, part) : attributeOf(id, attribute.join('.'), part);
      });
    return { 'Fn::Join': ['', pieces] };
  }

  const Resources: Record<string, MergedResource> = {};
  const Parameters: Record<string, Json> = {};
  for (const part of parts) {
    for (const [id, resource] of Object.entries(section(part.template, 'Resources'))) {
      if (part.nested.has(id)) continue;
      const { Type } = resource as { readonly Type?: Json };
      const asset = section(resource, 'Metadata')['aws:asset:path'];
      Resources[part.ids.get(id) ?? id] = {
        Type: String(Type),
        Properties: rewrite(section(resource, 'Properties'), part) as JsonObject,
        Metadata: typeof asset === 'string' ? { 'aws:asset:path': resolve(part.folder, asset) } : {},
        stack: part.name,
      };
    }
    for (const [id, parameter] of Object.entries(section(part.template, 'Parameters'))) {
      Parameters[part.ids.get(id) ?? id] = parameter;
    }
  }
  return { Resources, Parameters };
}

function freeId(id: string, stack: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id;
  const named = `${stack.replace(/[^A-Za-z0-9]/g, '')}${id}`;
  let unique = named;
  for (let count = 2; taken.has(unique); count += 1) unique = `${named}${count}`;
  return unique;
}

function section(value: Json | undefined, name: string): JsonObject {
  const found = (value as JsonObject | undefined)?.[name];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as JsonObject) : {};
}
