import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { firstNonFinite } from '../core/checks.js';
import { chunksOf } from '../core/chunks.js';
import { ModelError, UsageError } from '../core/errors.js';
import { laterTurn } from '../core/eventLoop.js';
import { formatShape, type ImageShape, sizeOf } from '../core/image.js';
import {
  checkExtractor,
  checkFields,
  checkFunction,
  checkOptionBag,
  checkText,
  oneAmong,
  optional,
  whole,
} from '../core/kindChecks.js';
import { completeTfjs } from '../core/tfjs.js';
import { digestOf, finished, fitPictures } from './backbone.js';
import { type BaseCodes, baseTensors, checkBaseCodes, takeBaseCodes } from './baseCodes.js';
import { efficientNetLite, FEATURES, weightShapes } from './efficientNetLite.js';
import type { FeatureExtractor } from './extractor.js';
import { EXTRACTOR_SCHEMA, type ExtractorCard, extractorCardSchema } from './extractorCard.js';
import { checkHead, type FeatureHead, headTensors, withHead } from './featureHead.js';
import { assertWeights, decodeModelFile, encodeModelFile } from './modelFile.js';
import { checkTensors, type Precision, type StoredTensor } from './safetensors.js';

/** What the file of an extractor holds beside its card. */
export interface ExtractorParts {
  /** Weights of the net, by name. Default: none, for a card that names `features`. */
  readonly weights?: ReadonlyMap<string, StoredTensor>;
  /** Default: none; codes are then the features, scaled to length 1. */
  readonly head?: FeatureHead;
  /** Codes of images that it was trained on. Default: none. */
  readonly base?: BaseCodes;
}

/** Options of the reading of an extractor. */
export interface ExtractorOptions {
  /** Side that pictures are brought to, in pixels, within the range of the file's card. Default: the usual one of the card. */
  readonly side?: number;
  /** Gives the extractor whose features the head of a file takes. Default: such a file is refused. */
  readonly featuresOf?: (features: NonNullable<ExtractorCard['features']>) => Promise<FeatureExtractor>;
}

/** Kernels with fewer values are a hundredth of all, and lose most by rounding. */
const FEW = 10_000;

/** Formats of the tensors of a file: all in half precision, or large 1×1 kernels in 8 bits. */
export const extractorPrecision =
  (bits: 8 | 16) =>
  (name: string, { shape, values }: StoredTensor): Precision =>
    bits === 8 && name.startsWith('block') && shape[0] === 1 && values.length >= FEW ? 'U8' : 'F16';

/**
 * The file of an extractor: weights, head and base codes, the card, and a digest of the former three.
 *
 * @param bits of the values of large kernels: 16 for half precision (default), or 8
 */
export async function encodeExtractor(
  parts: ExtractorParts,
  card: ExtractorCard,
  bits: 8 | 16 = 16,
): Promise<Uint8Array> {
  const of = 'encodeExtractor';
  const { weights = new Map(), head, base } = checkOptionBag(of, parts);
  checkTensors(weights, of);
  if (head !== undefined) checkHead(head, of);
  if (base !== undefined) checkBaseCodes(base);
  oneAmong([8, 16])('bits', bits, of);
  const parsed = v.safeParse(extractorCardSchema, card);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new UsageError(`${of}: the card is wrong at ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}`);
  }
  const tensors = new Map([
    ...weights,
    ...(head === undefined ? [] : headTensors(head)),
    ...(base === undefined ? [] : baseTensors(base)),
  ]);
  return encodeModelFile(tensors, EXTRACTOR_SCHEMA, card, extractorPrecision(bits));
}

/**
 * The extractor in the bytes of its file. `name` stands in the errors.
 *
 * @throws ModelError when the file is truncated, altered, of another version, or holds what does not fit its card
 */
export async function decodeExtractor(
  bytes: Uint8Array,
  name: string,
  options: ExtractorOptions = {},
): Promise<FeatureExtractor> {
  checkText('name', name, 'decodeExtractor');
  checkFields('decodeExtractor', options, { side: optional(whole()), featuresOf: optional(checkFunction) });
  const file = await decodeModelFile(bytes, name, EXTRACTOR_SCHEMA, extractorCardSchema);
  const { card } = file;
  const tensors = new Map(file.tensors);
  const head = takeHead(tensors, name);
  const latentSize = head?.latentSize ?? FEATURES;
  const base = takeBaseCodes(tensors, latentSize, name);
  if (card.network === undefined && head === undefined)
    throw new ModelError(`${name}: holds neither a network nor a head`);
  assertWeights(card.network === undefined ? new Map() : neededWeights, tensors, name);
  const inner = await (card.network === undefined
    ? featuresFor(card, name, options)
    : networkOf(
        tensors,
        { ...file, bytes: bytes.length },
        options.side,
        head === undefined ? base : undefined,
      ));
  if (head === undefined) return inner;
  try {
    return await withHead(inner, head, {
      name: card.name,
      ...(base === undefined ? {} : { base }),
      seen: seenOf(card),
      ...(card.network === undefined ? { lines: linesOf(card, bytes.length) } : {}),
    });
  } catch (error) {
    inner.dispose();
    throw error instanceof UsageError
      ? new ModelError(`${name}: its head does not fit`, { cause: error })
      : error;
  }
}

const neededWeights = new Map([...weightShapes].map(([name, shape]) => [name, { shape }]));

function takeHead(tensors: Map<string, StoredTensor>, name: string): FeatureHead | undefined {
  const [center, kernel] = ['head/center', 'head/kernel'].map((key) => tensors.get(key));
  tensors.delete('head/center');
  tensors.delete('head/kernel');
  if (center === undefined && kernel === undefined) return undefined;
  const [features, latentSize] = kernel?.shape ?? [];
  if (
    center === undefined ||
    kernel?.shape.length !== 2 ||
    center.shape.join() !== `${features}` ||
    latentSize === 0
  )
    throw new ModelError(`${name}: its head is [${kernel?.shape}] with a center [${center?.shape}]`, {
      hint: 'Copy or train it again.',
    });
  if (firstNonFinite(center.values) >= 0 || firstNonFinite(kernel.values) >= 0)
    throw new ModelError(`${name}: its head holds values that are not finite`);
  return { center: center.values, kernel: kernel.values, latentSize: latentSize! };
}

async function featuresFor(
  { features }: ExtractorCard,
  name: string,
  { side, featuresOf }: ExtractorOptions,
): Promise<FeatureExtractor> {
  const wanted = features!;
  if (side !== undefined && side !== wanted.side) {
    throw new UsageError(`${name}: its head takes features of pictures of another side than ${side}`, {
      option: 'side',
      hint: 'Leave it out: the file of a head says it.',
    });
  }
  if (featuresOf === undefined) {
    throw new ModelError(`${name}: is a head on features of ${wanted.name}, which are not given`, {
      hint: 'Give the option `featuresOf`.',
    });
  }
  const inner = await featuresOf(wanted);
  checkExtractor(inner, 'featuresOf', 'decodeExtractor');
  if (inner.digest === wanted.sha256) return inner;
  inner.dispose();
  throw new ModelError(
    `${name}: its head was trained on features of ${wanted.name} with SHA-256 ${wanted.sha256.slice(0, 12)}…, but these have ${inner.digest.slice(0, 12)}…`,
    { hint: 'Use the same file and side of pictures as then, or train the head again.' },
  );
}

/** Pictures of 160 pixels that the net takes at a time; it bounds the memory of feature maps to some tens of megabytes. */
const BATCH = 16;

async function networkOf(
  weights: ReadonlyMap<string, StoredTensor>,
  { card, digest, bytes }: { readonly card: ExtractorCard; readonly digest: string; readonly bytes: number },
  asked: number | undefined,
  base: BaseCodes | undefined,
): Promise<FeatureExtractor> {
  const { side: usual, least, most, mean, scale } = card.input!;
  const side = asked ?? usual;
  if (side < least || side > most) {
    throw new UsageError(`${card.name}: takes pictures of ${least} to ${most} pixels, not of ${side}`, {
      option: 'side',
      hint: `Leave it out for ${usual}.`,
    });
  }
  await completeTfjs();
  const net = efficientNetLite(weights);
  const imageShape: ImageShape = [side, side, 3];
  const size = sizeOf(imageShape);
  const batch = Math.max(1, Math.floor(BATCH * (160 / side) ** 2));
  const codesOf = async (fitted: readonly (() => Float32Array)[], first: number): Promise<Float32Array[]> => {
    const input = new Float32Array(fitted.length * size);
    for (const [i, pixels] of fitted.entries()) {
      const [from, at] = [pixels(), i * size];
      for (let k = 0; k < size; k++) input[at + k] = (255 * from[k]! - mean) / scale;
    }
    const features = tf.tidy(() => net.features(tf.tensor4d(input, [fitted.length, ...imageShape])));
    try {
      const values = await features.data<'float32'>();
      return fitted.map((_, i) =>
        finished(values.subarray(i * FEATURES, (i + 1) * FEATURES), {
          center: undefined,
          latentSpace: 'sphere',
          where: `picture ${first + i}`,
          name: card.name,
        }),
      );
    } finally {
      features.dispose();
    }
  };
  return {
    name: card.name,
    digest: await digestOf({ weights: digest, network: card.network, side, mean, scale }),
    latentSize: FEATURES,
    latentSpace: 'sphere',
    styleSize: 0,
    ...(base === undefined ? {} : { base }),
    imageShape,
    seen: seenOf(card),
    describe: () => [
      'EfficientNet-Lite0 up to its last block',
      `input: ${formatShape(imageShape)}, sides from ${least} to ${most} are possible`,
      `output: ${FEATURES} values of length 1`,
      ...linesOf(card, bytes),
    ],
    async embed(pictures) {
      const codes: Float32Array[] = [];
      for (const chunk of chunksOf(fitPictures(pictures, imageShape), batch)) {
        if (codes.length > 0) await new Promise<void>(laterTurn);
        codes.push(...(await codesOf(chunk, codes.length)));
      }
      return codes;
    },
    dispose: net.dispose,
  };
}

const seenOf = ({ data: { name, classes } }: ExtractorCard): NonNullable<FeatureExtractor['seen']> => ({
  name,
  ...(typeof classes === 'number' ? {} : { classes }),
});

function linesOf({ data, source, license, notice, command }: ExtractorCard, bytes: number): string[] {
  const classes = typeof data.classes === 'number' ? data.classes : data.classes.length;
  return [
    `seen: ${data.images.toLocaleString('en')} images of ${classes} classes of ${data.name}`,
    source === undefined ? `command: ${command}` : `source: ${source.package} ${source.version}`,
    `license: ${license}`,
    ...(notice === undefined ? [] : [`notice: ${notice}`]),
    `file: ${bytes.toLocaleString('en')} bytes`,
  ];
}
