import type * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { ModelError } from '../core/errors.js';
import { shown } from '../core/shown.js';

/** Files that lie beside one another, by their names. */
export interface ModelFiles {
  /** Name of the model for errors: a path or URL. */
  readonly name: string;
  /** Bytes of a file beside the first; undefined where there is none. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
}

/** A model of TensorFlow.js as its files hold it. */
export interface TfjsFiles {
  readonly handler: tf.io.IOHandler;
  /** Metadata of a Teachable Machine project; absent for other models. */
  readonly project?: { readonly labels: readonly string[] };
  /** Number of bytes of all its files. */
  readonly size: number;
}

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const bytesOf = { float32: 4, int32: 4, bool: 1, complex64: 8, string: 0 };
const quantizedBytes = { uint8: 1, uint16: 2, float16: 2 };

const specSchema = v.looseObject({
  name: v.string(),
  shape: v.array(natural),
  dtype: v.picklist(['float32', 'int32', 'bool', 'complex64', 'string']),
  quantization: v.optional(v.looseObject({ dtype: v.picklist(['uint8', 'uint16', 'float16']) })),
});
type Spec = v.InferOutput<typeof specSchema>;

const modelSchema = v.looseObject({
  format: v.nullish(v.string()),
  modelTopology: v.looseObject({}),
  weightsManifest: v.array(v.looseObject({ paths: v.array(v.string()), weights: v.array(specSchema) })),
});

const metadataSchema = v.looseObject({
  packageName: v.optional(v.string()),
  labels: v.array(v.string()),
});

/**
 * The model of a `model.json`, whose weights are read from beside it. All sizes that it names are compared with those of its
 * files before any memory is taken for them.
 *
 * @throws ModelError when a file is missing or truncated, or lies elsewhere
 */
export async function readTfjsFiles(json: Uint8Array, files: ModelFiles): Promise<TfjsFiles> {
  const { name } = files;
  const damaged = (what: string, cause?: unknown) =>
    new ModelError(`${name}: ${what}`, { hint: 'Export it for TensorFlow.js again.', cause });
  const parsed = v.safeParse(modelSchema, parse(json, damaged));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw damaged(
      `is no model.json of TensorFlow.js at ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}`,
    );
  }
  const { modelTopology, weightsManifest, format, ...rest } = parsed.output;
  assertBounded(
    modelTopology,
    weightsManifest.flatMap(({ weights }) => weights),
    damaged,
  );
  const [parts, seen]: [Uint8Array[], Set<string>] = [[], new Set()];
  for (const { paths, weights } of weightsManifest) {
    const shards: Uint8Array[] = [];
    for (const path of paths) {
      if (!isBeside(path)) throw damaged(`its weights are at ${shown(path)}, which is not beside it`);
      if (seen.has(path)) throw damaged(`lists the weights ${path} twice`);
      seen.add(path);
      const bytes = await files.read(path);
      if (bytes === undefined) throw damaged(`its weights ${path} are missing`);
      shards.push(bytes);
    }
    const held = shards.reduce((sum, { length }) => sum + length, 0);
    const needed = weights.reduce((sum, spec) => sum + bytesNeeded(spec), 0);
    const isOpen = weights.some(({ dtype }) => dtype === 'string');
    if (isOpen ? held < needed : held !== needed) {
      throw damaged(`its weights ${paths.join(', ')} have ${held} bytes, but ${needed} are needed`);
    }
    parts.push(...shards);
  }
  const weightData = joined(parts);
  const project = await readProject(files, damaged);
  return {
    handler: {
      load: async () =>
        ({
          ...rest,
          ...(format == null ? {} : { format }),
          modelTopology,
          weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
          weightData: weightData.buffer,
        }) as unknown as tf.io.ModelArtifacts,
    },
    ...(project === undefined ? {} : { project }),
    size: json.length + weightData.length,
  };
}

function parse(json: Uint8Array, damaged: (what: string, cause?: unknown) => ModelError): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw damaged('is not JSON', cause);
  }
}

/** True for the path of a file in the folder of the model, or below. */
const isBeside = (path: string): boolean =>
  /^[^\\:?#]+$/.test(path) &&
  !path.startsWith('/') &&
  path !== 'model.json' &&
  path.split('/').every((part) => part !== '' && part !== '..');

function bytesNeeded({ shape, dtype, quantization }: Spec): number {
  const values = shape.reduce((product, side) => product * side, 1);
  return values * (quantization === undefined ? bytesOf[dtype] : quantizedBytes[quantization.dtype]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Fields of layers that weights have as a side, and those whose product is the size of an input. */
const [SIDES, INPUTS] = [
  new Set(['units', 'filters', 'input_dim', 'output_dim']),
  new Set(['batch_input_shape', 'target_shape']),
];
/** Most values of an input or a reshaped one. */
const MOST_VALUES = 2 ** 28;

/**
 * Refuses layers larger than any of the weights: TensorFlow.js would build them, with random weights, before it compares.
 */
function assertBounded(
  topology: unknown,
  weights: readonly Spec[],
  damaged: (what: string) => ModelError,
): void {
  let most = 1;
  for (const { shape } of weights) for (const side of shape) most = Math.max(most, side);
  const visit = (value: unknown, key: string): void => {
    if (typeof value === 'number' && SIDES.has(key) && value > most) {
      throw damaged(`has a layer of ${value} ${key}, but no weights for it`);
    }
    if (INPUTS.has(key) && Array.isArray(value)) {
      const size = value.reduce((product: number, side) => product * Math.abs(Number(side ?? 1)), 1);
      if (!(size <= MOST_VALUES)) throw damaged(`has a layer of [${value.join(', ')}], which is too large`);
    }
    if (typeof value === 'object' && value !== null) {
      for (const [name, part] of Object.entries(value)) visit(part, Array.isArray(value) ? key : name);
    }
  };
  visit(topology, '');
}

/** Classes of a Teachable Machine project of images; undefined for other models. */
async function readProject(
  files: ModelFiles,
  damaged: (what: string, cause?: unknown) => ModelError,
): Promise<TfjsFiles['project']> {
  const bytes = await files.read('metadata.json');
  if (bytes === undefined) return undefined;
  const parsed = v.safeParse(
    metadataSchema,
    parse(bytes, () => damaged('its metadata.json is not JSON')),
  );
  if (!parsed.success) return undefined;
  const { labels, packageName = '' } = parsed.output;
  if (/teachablemachine\/(?!image)/.test(packageName)) {
    throw new ModelError(`${files.name}: is a project of ${packageName}, not of images`, {
      hint: 'Projects of images can be read.',
    });
  }
  return { labels };
}
