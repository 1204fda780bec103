import { UsageError } from '../core/errors.js';
import {
  checkExtractor,
  checkFields,
  checkFloats,
  checkText,
  listOf,
  optional,
  whole,
} from '../core/kindChecks.js';
import { digestOf, finished } from './backbone.js';
import { type BaseCodes, baseTensors, checkBaseCodes } from './baseCodes.js';
import type { FeatureExtractor } from './extractor.js';
import { packTensors, type StoredTensor, sha256 } from './safetensors.js';

/** A linear map from features to codes of length 1: `unit((features − center) · kernel)`. */
export interface FeatureHead {
  /** What is subtracted from features, `[features]`. */
  readonly center: Float32Array;
  /** `[features · latentSize]`, row by row: row `i` holds what feature `i` adds to each value of a code. */
  readonly kernel: Float32Array;
  /** Number of values of a code. */
  readonly latentSize: number;
}

/** What is known of a head beside its numbers. */
export interface HeadFacts {
  /** Name of the extractor that it makes. Default: that of the inner one. */
  readonly name?: string;
  /** Codes, by this head, of images that it was trained on. Default: none. */
  readonly base?: BaseCodes;
  /** What it was trained on. Default: what the inner extractor has seen. */
  readonly seen?: FeatureExtractor['seen'];
  /** Lines about it, for people. Default: one with its sizes. */
  readonly lines?: readonly string[];
}

/** Throws a `UsageError` for a head whose numbers do not fit each other. */
export function checkHead(head: FeatureHead, of: string): void {
  const { center, kernel, latentSize } = checkFields(`${of}: the head`, head, {
    center: checkFloats,
    kernel: checkFloats,
    latentSize: whole(1),
  });
  if (kernel.length === center.length * latentSize) return;
  throw new UsageError(
    `${of}: the kernel has ${kernel.length} values, but ${center.length} features and codes of ${latentSize} values need ${center.length * latentSize}`,
    { option: 'kernel' },
  );
}

/**
 * The code of features: `unit((features − center) · kernel)`. Throws a `DataError` when it has no direction.
 *
 * @param of what gives the code, for errors
 */
export function headCode(
  { center, kernel, latentSize }: FeatureHead,
  features: Float32Array,
  of: { readonly where: string; readonly name: string },
): Float32Array {
  const sums = new Float64Array(latentSize);
  for (let i = 0; i < center.length; i++) {
    const value = features[i]! - center[i]!;
    const row = i * latentSize;
    for (let k = 0; k < latentSize; k++) sums[k]! += value * kernel[row + k]!;
  }
  return finished(Float32Array.from(sums), { center: undefined, latentSpace: 'sphere', ...of });
}

/** A head as tensors of a model file. */
export const headTensors = ({ center, kernel, latentSize }: FeatureHead): Map<string, StoredTensor> =>
  new Map([
    ['head/center', { shape: [center.length], values: center }],
    ['head/kernel', { shape: [center.length, latentSize], values: kernel }],
  ]);

/**
 * An extractor whose codes are those of another through a head. Its digest names the other, the head and the base codes. Its
 * `dispose` disposes the other.
 *
 * @throws UsageError for a head that does not fit the codes of the other
 */
export async function withHead(
  inner: FeatureExtractor,
  head: FeatureHead,
  facts: HeadFacts = {},
): Promise<FeatureExtractor> {
  checkExtractor(inner, 'the inner extractor', 'withHead');
  checkHead(head, 'withHead');
  checkFields('withHead', facts, { name: optional(checkText), lines: optional(listOf(checkText)) });
  const { name = inner.name, base, seen = inner.seen, lines } = facts;
  if (base !== undefined) checkBaseCodes(base);
  if (head.center.length !== inner.latentSize) {
    throw new UsageError(
      `withHead: the head takes ${head.center.length} features, but ${inner.name} gives ${inner.latentSize}`,
      { option: 'center', hint: 'Use the extractor that the head was trained on.' },
    );
  }
  const tensors = new Map([...headTensors(head), ...(base === undefined ? [] : baseTensors(base))]);
  const own = packTensors(tensors, 'F32');
  const { latentSize } = head;
  const codeOf = (features: Float32Array, where = 'a picture') => headCode(head, features, { where, name });
  const digest = await digestOf({ features: inner.digest, latentSize, head: await sha256(own) });
  return {
    name,
    digest,
    latentSize,
    latentSpace: 'sphere',
    styleSize: 0,
    ...(base === undefined ? {} : { base }),
    imageShape: inner.imageShape,
    head: { features: inner, codeOf: (features) => codeOf(features) },
    ...(seen === undefined ? {} : { seen }),
    describe: () => [
      ...inner.describe(),
      ...(lines ?? [`head: linear, to ${latentSize} values of length 1`]),
    ],
    embed: async (pictures) =>
      (await inner.embed(pictures)).map((features, i) => codeOf(features, `picture ${i}`)),
    dispose: () => inner.dispose(),
  };
}
