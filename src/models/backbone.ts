import type { Background } from '../core/background.js';
import { firstNonFinite, refuse } from '../core/checks.js';
import { DataError, FewshotError, ModelError } from '../core/errors.js';
import {
  assertObject,
  assertPixels,
  checkShape,
  formatShape,
  type ImageShape,
  sizeOf,
} from '../core/image.js';
import {
  checkFloats,
  checkList,
  checkNumbers,
  checkOptionBag,
  checkText,
  oneAmong,
  optional,
} from '../core/kindChecks.js';
import { type Fit, fitTo } from '../data/resize.js';
import type { LatentSpace } from './architecture.js';
import type { FeatureExtractor, Picture } from './extractor.js';
import { sha256 } from './safetensors.js';

/** What a pixel in [0, 1] becomes for a network: `(pixel − mean) · scale`. One number each, or one a channel. */
export interface PixelScale {
  readonly mean: number | readonly number[];
  readonly scale: number | readonly number[];
}

/** Pixels as known families of networks take them. */
const ranges = {
  '0..1': { mean: 0, scale: 1 },
  '-1..1': { mean: 0.5, scale: 2 },
  '0..255': { mean: 0, scale: 255 },
  /** Mean and deviation of ImageNet, as torchvision's networks take them. */
  imagenet: { mean: [0.485, 0.456, 0.406], scale: [1 / 0.229, 1 / 0.224, 1 / 0.225] },
} satisfies Record<string, PixelScale>;

export type PixelRange = keyof typeof ranges;

/** What pixels are made into before a network sees them: a known range, or numbers. */
export type Preprocessing = PixelRange | PixelScale;

/** Ways to make one row of the values of many places. */
export const pools = ['mean', 'first'] as const;

/** Settings of a network that knows nothing of this library. */
export interface BackboneOptions {
  /** Name for errors and results. Default: that of the model, or of its file. */
  readonly name?: string;
  /** Name of the layer or node whose values are the codes. Default: what a classifier at the end takes, or else the end. */
  readonly output?: string;
  /** `[height, width, channels]` that images are brought to. Default: what the model says, and 224 for sides that it leaves open. */
  readonly imageShape?: ImageShape;
  /** Pixels as the network takes them. Default: `-1..1` for TensorFlow.js, `imagenet` for ONNX. */
  readonly preprocessing?: Preprocessing;
  /**
   * Makes one row of many places: `mean` of all of them, or the `first`, which is the class token of a vision transformer.
   * Default: `mean` for maps `[n, h, w, c]`; outputs `[n, places, values]` need an answer.
   */
  readonly pool?: (typeof pools)[number];
  /** Values of a code that are subtracted from each before its length becomes 1. Default: none. */
  readonly center?: Float32Array;
  /** `sphere` scales codes to length 1, `euclidean` leaves them as they are. Default `sphere`. */
  readonly latentSpace?: LatentSpace;
  /** Data that it was trained on, where that is known. */
  readonly seen?: { readonly name: string; readonly classes?: readonly (string | number)[] };
}

/** Throws a `UsageError` for options of the wrong kind. */
export function checkBackboneOptions(of: string, options: BackboneOptions): BackboneOptions {
  const { name, output, imageShape, preprocessing, pool, center, latentSpace, seen } = checkOptionBag(
    of,
    options,
  );
  optional(checkText)('name', name, of);
  optional(checkText)('output', output, of);
  optional(checkShape)('imageShape', imageShape, of);
  if (imageShape !== undefined) checkInput(imageShape, of);
  optional(oneAmong(pools))('pool', pool, of);
  optional(checkFloats)('center', center, of);
  if (center !== undefined && firstNonFinite(center) >= 0)
    refuse('center', center, 'an array of finite numbers', of);
  optional(oneAmong(['sphere', 'euclidean']))('latentSpace', latentSpace, of);
  if (seen !== undefined) {
    checkOptionBag(`${of}: seen`, seen);
    checkText('seen.name', seen.name, of);
    optional(checkList)('seen.classes', seen.classes, of);
  }
  if (typeof preprocessing === 'object' && preprocessing !== null) {
    for (const field of ['mean', 'scale'] as const) {
      const value = preprocessing[field];
      checkNumbers(`preprocessing.${field}`, typeof value === 'number' ? [value] : value, of);
    }
  } else if (preprocessing !== undefined && !Object.hasOwn(ranges, preprocessing)) {
    refuse(
      'preprocessing',
      preprocessing,
      `one of ${Object.keys(ranges).join(', ')}, or { mean, scale }`,
      of,
    );
  }
  return options;
}

/** Most values of an input: an RGB image of 3300 × 3300 pixels. */
const MOST_INPUT = 2 ** 25;

/** Throws a `ModelError` unless a network with this input can be given images. */
export function checkInput(shape: ImageShape, name: string): void {
  const [, , channels] = shape;
  if (channels !== 1 && channels !== 3) {
    throw new ModelError(`${name}: it takes ${channels} channels, but images have 1 (gray) or 3 (RGB)`);
  }
  if (sizeOf(shape) <= MOST_INPUT) return;
  throw new ModelError(`${name}: it takes images of ${formatShape(shape)}, which is too large`, {
    hint: `Up to ${MOST_INPUT} values an image are computed with.`,
    option: 'imageShape',
  });
}

/** Values of one picture, and their shape without the batch: `[d]`, `[places, d]`, or `[h, w, d]`. */
export interface Features {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** A network with what is known of it. */
export interface Backbone {
  readonly name: string;
  readonly imageShape: ImageShape;
  readonly preprocessing: Preprocessing;
  /** Values of one picture, from its pixels `[h, w, c]` as the network takes them. */
  readonly run: (pixels: Float32Array) => Promise<Features>;
  /** Name of the output that the values come from. */
  readonly output: string;
  /** Names of outputs that could be asked for, in the order of the network. */
  readonly outputs: readonly string[];
  /** Names of the classes that it was trained to tell, of a Teachable Machine project. */
  readonly labels?: readonly string[];
  /** Lines for people: format, and remarks. */
  readonly about: readonly string[];
  /** SHA-256 of topology and weights. */
  readonly digest: string;
  /** Number of weights, where it is known. */
  readonly parameters?: number;
  readonly dispose: () => void;
}

/** An extractor made of a network that knows nothing of this library. */
export interface BackboneExtractor extends FeatureExtractor {
  /** Name of the layer or node whose values are the codes. */
  readonly output: string;
  /** Names that `output` could have, in the order of the network. */
  readonly outputs: readonly string[];
  /** Classes of a Teachable Machine project, in the order of its outputs. */
  readonly labels?: readonly string[];
}

/**
 * An extractor of a network. It takes pictures one at a time, so that a code does not depend on the others. The first run, on a
 * gray picture, tells the number of values.
 *
 * @throws ModelError when its values are no row, nor a map
 */
export async function extractorFromBackbone(
  backbone: Backbone,
  options: BackboneOptions,
): Promise<BackboneExtractor> {
  const { name, imageShape, preprocessing, output, outputs, labels, dispose } = backbone;
  const { pool, center, latentSpace = 'sphere', seen } = options;
  const prepare = preparation(preprocessing, imageShape[2], name);
  const embedOne = async (pixels: Float32Array) =>
    pooled(await attempt(name, () => backbone.run(prepare(pixels))), backbone, pool);
  checkInput(imageShape, name);
  const latentSize = (await embedOne(new Float32Array(sizeOf(imageShape)).fill(0.5))).length;
  if (center !== undefined && center.length !== latentSize) {
    refuse('center', `an array of ${center.length}`, `one of ${latentSize}, as the codes are`, name);
  }
  const digest = await digestOf({
    network: backbone.digest,
    imageShape,
    preprocessing: scaleOf(preprocessing),
    output,
    pool: pool ?? 'mean',
    latentSpace,
    center: center === undefined ? undefined : [...center],
  });
  return {
    name,
    digest,
    latentSize,
    latentSpace,
    styleSize: 0,
    imageShape,
    output,
    outputs,
    ...(labels === undefined ? {} : { labels }),
    ...(seen === undefined ? {} : { seen }),
    describe: () => [
      ...backbone.about,
      `input: ${formatShape(imageShape)}, pixels as ${describePixels(preprocessing)}`,
      `output: ${output}, ${latentSize} values${latentSpace === 'sphere' ? ', scaled to length 1' : ''}`,
      ...(backbone.parameters === undefined ? [] : [`weights: ${backbone.parameters.toLocaleString('en')}`]),
      ...(labels === undefined ? [] : [`classes: ${labels.join(', ')}`]),
    ],
    async embed(pictures) {
      const codes: Float32Array[] = [];
      for (const [i, pixels] of fitPictures(pictures, imageShape).entries()) {
        codes.push(finished(await embedOne(pixels()), { center, latentSpace, where: `picture ${i}`, name }));
      }
      return codes;
    },
    dispose,
  };
}

/**
 * Pixels of pictures in a shape, resized when they are asked for. All pictures are checked first.
 *
 * @param fit default `crop`: cut to its ratio in the middle
 * @throws DataError naming the picture
 */
export function fitPictures(
  pictures: readonly Picture[],
  shape: ImageShape,
  fit: Fit = 'crop',
  background?: Background,
): (() => Float32Array)[] {
  checkList('pictures', pictures, 'embed');
  for (const [i, picture] of pictures.entries()) {
    assertObject(picture, `picture ${i}`);
    assertPixels(picture, `picture ${i}`);
    const channels = picture.shape[2];
    if (channels === 1 || channels === 3) continue;
    throw new DataError(`picture ${i} has ${channels} channels`, {
      hint: 'A picture has 1 channel (gray) or 3 (RGB).',
    });
  }
  return pictures.map((picture) => () => fitTo(picture, shape, fit, background).pixels);
}

/** A code of values: centered, and of length 1 on the sphere. Throws a `DataError` naming the picture. */
export function finished(
  values: Float32Array,
  details: {
    readonly center: Float32Array | undefined;
    readonly latentSpace: LatentSpace;
    readonly where: string;
    readonly name: string;
  },
): Float32Array {
  const { center, latentSpace, where, name } = details;
  if (firstNonFinite(values) >= 0) {
    throw new DataError(`${where}: ${name} gives values that are not finite`, {
      hint: 'Check preprocessing, and that the picture is one.',
    });
  }
  const code = Float32Array.from(values, (value, i) => value - (center?.[i] ?? 0));
  if (latentSpace === 'euclidean') return code;
  let square = 0;
  for (const value of code) square += value * value;
  if (!(square > 0)) {
    throw new DataError(`${where}: ${name} gives a code of zeros, which has no direction`, {
      hint: 'Leave the picture out, or ask for latentSpace: euclidean.',
    });
  }
  const length = Math.sqrt(square);
  return code.map((value) => value / length);
}

/** SHA-256 of what JSON writes of a value. */
export const digestOf = (value: unknown): Promise<string> =>
  sha256(new TextEncoder().encode(JSON.stringify(value)));

/** Runs what a foreign network does, with errors of this library. */
async function attempt<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof FewshotError) throw cause;
    const reason = (cause as Error)?.message ?? String(cause);
    throw new ModelError(`${name}: it cannot be run: ${reason.split('\n', 1)[0]}`, {
      hint: /kernel|backend/i.test(reason)
        ? 'Choose another backend: selectBackend(…), or FEWSHOT_BACKEND.'
        : 'Check imageShape and output.',
      cause,
    });
  }
}

/** One row of the values of a picture. */
function pooled(
  { values, shape }: Features,
  { name, output, outputs }: Backbone,
  pool: BackboneOptions['pool'],
): Float32Array {
  const size = shape.at(-1) ?? 0;
  const places = shape.slice(0, -1).reduce((product, side) => product * side, 1);
  const known = shape.length === 1 || shape.length === 3 || (shape.length === 2 && pool !== undefined);
  if (!known || size < 2 || values.length !== places * size) {
    const hint =
      shape.length === 2
        ? "pool: 'first' takes the first place, the class token of a vision transformer; pool: 'mean' the mean of all."
        : `Name another by output: ${outputs.slice(-8).join(', ')}.`;
    throw new ModelError(
      `${name}: ${output} gives ${shape.length === 0 ? 'one number' : `[${shape.join(', ')}]`} for a picture, but a row [values] or a map [height, width, values] is needed`,
      { hint, option: shape.length === 2 ? 'pool' : 'output' },
    );
  }
  if (places === 1 || pool === 'first') return values.slice(0, size);
  const sums = new Float64Array(size);
  for (let at = 0; at < values.length; at += size) {
    for (let i = 0; i < size; i++) sums[i]! += values[at + i]!;
  }
  return Float32Array.from(sums, (sum) => sum / places);
}

const scaleOf = (preprocessing: Preprocessing): PixelScale =>
  typeof preprocessing === 'string' ? ranges[preprocessing] : preprocessing;

function describePixels(preprocessing: Preprocessing): string {
  if (preprocessing === 'imagenet') return 'ImageNet means and deviations scale them';
  if (typeof preprocessing === 'string') return preprocessing.replace('..', ' to ');
  const rounded = (value: PixelScale['mean']) => [value].flat().map((one) => Number(one.toPrecision(4)));
  return `(pixel − ${rounded(preprocessing.mean)}) · ${rounded(preprocessing.scale)}`;
}

/** The function that makes pixels in [0, 1] into what a network takes. */
function preparation(preprocessing: Preprocessing, channels: number, name: string) {
  const { mean, scale } = scaleOf(preprocessing);
  const perChannel = (what: string, value: number | readonly number[]): number[] => {
    const values = typeof value === 'number' ? Array<number>(channels).fill(value) : [...value];
    // A gray network of a family that was made for RGB.
    if (values.length === 3 && channels === 1) return [values.reduce((sum, one) => sum + one, 0) / 3];
    if (values.length === channels) return values;
    return refuse(
      `preprocessing.${what}`,
      value,
      `one number, or ${channels}, as it has ${channels} channels`,
      name,
    );
  };
  const [means, scales] = [perChannel('mean', mean), perChannel('scale', scale)];
  return (pixels: Float32Array) => {
    const prepared = new Float32Array(pixels.length);
    for (let i = 0; i < pixels.length; i++) {
      prepared[i] = (pixels[i]! - means[i % channels]!) * scales[i % channels]!;
    }
    return prepared;
  };
}

/** The error for an output that a network lacks. Names those that it has, the nearest first. */
export function unknownOutput(name: string, output: string, outputs: readonly string[]): ModelError {
  const near = [...outputs]
    .map((known, i) => ({ known, i, distance: editDistance(output, known) }))
    .sort((a, b) => a.distance - b.distance || b.i - a.i)
    .slice(0, 8)
    .map(({ known }) => known);
  return new ModelError(`${name}: it has no output ${output}`, {
    hint: `Nearest of its ${outputs.length}: ${near.join(', ')}.`,
    option: 'output',
  });
}

/** Fewest insertions, deletions and changes of letters that make one text another (Levenshtein, 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = row[j]! + Number(a[i]!.toLowerCase() !== b[j]!.toLowerCase());
      next.push(Math.min(change, row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
