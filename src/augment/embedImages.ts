import { defer, type Observable, type OperatorFunction } from 'rxjs';
import { checkCount, firstNonFinite, refuse } from '../core/checks.js';
import type { LabeledCode } from '../core/code.js';
import { DataError, ModelError } from '../core/errors.js';
import { assertUsableImage, type LabeledImage } from '../core/image.js';
import { checkOptionBag } from '../core/kindChecks.js';
import { isFloats, isPromise, shown } from '../core/shown.js';
import type { FeatureExtractor } from '../models/extractor.js';
import { fromPull } from '../stream/fromPull.js';
import { toAsyncIterable } from '../stream/toAsyncIterable.js';

export interface EmbedOptions {
  /** Most images that are embedded at once; affects only speed and memory. Default 16. */
  readonly batchSize?: number;
}

/** Time without an image after which those that came are embedded, in milliseconds: less than anyone notices. */
const PAUSE = 20;

/** An image with its number in the stream. */
interface Arrival {
  readonly image: LabeledImage;
  readonly index: number;
}

/**
 * Brings images of any size to codes, in their order. Labels and provenance stay; the code of a distorted image has the
 * provenance of the distortion.
 *
 * Images are embedded in batches: when `batchSize` of them came, the source ends, or none came for some milliseconds, so that a
 * camera need not wait. A code does not depend on the batch. Sources made by `fromPull` are asked for two batches ahead at most;
 * what a source pushes meanwhile waits in memory. Unsubscribing stops the source, and the codes of a batch under way are
 * dropped.
 *
 * ```ts
 * images$.pipe(embed(extractor), hallucinate(extractor, { perClass: 100 }), addTo(knn)).subscribe();
 * ```
 *
 * @throws UsageError for a batch size below 1, or what is no extractor; (as an error notification, after the codes before it)
 *   DataError for an image that cannot be used, named by its number; ModelError when a code is not as the extractor says;
 *   whatever the extractor throws
 */
export function embed(
  extractor: FeatureExtractor,
  options: EmbedOptions = {},
): OperatorFunction<LabeledImage, LabeledCode> {
  const { batchSize = 16 } = checkOptionBag('embed', options);
  checkCount('batchSize', batchSize, { of: 'embed' });
  checkExtractor(extractor);
  return (source) => defer(() => fromPull(() => codesOf(extractor, source, batchSize)));
}

function checkExtractor(value: unknown): void {
  const { embed, latentSize } = (value ?? {}) as Partial<FeatureExtractor>;
  if (typeof embed === 'function' && Number.isSafeInteger(latentSize) && latentSize! > 0) return;
  const hint = isPromise(value)
    ? "Await it: await loadExtractor('photos')."
    : "Load one: await loadExtractor('photos').";
  refuse('the extractor', value, 'a feature extractor', 'embed', hint);
}

/** The codes of a stream, read as they are asked for. `return` stops the stream even while an image is awaited. */
function codesOf(
  extractor: FeatureExtractor,
  source: Observable<LabeledImage>,
  batchSize: number,
): AsyncIterableIterator<LabeledCode> {
  const images = toAsyncIterable(source, {
    readAhead: batchSize,
    bufferLimit: Number.POSITIVE_INFINITY,
  })[Symbol.asyncIterator]();
  const codes = generate(extractor, batches(images, batchSize));
  return {
    next: () => codes.next(),
    async return() {
      await images.return();
      return codes.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A batch of images, and the error that ended the stream behind them. */
interface Gathered {
  readonly arrivals: readonly Arrival[];
  readonly failure?: { readonly error: unknown };
}

/** Usable images in batches that are full, or followed by a pause, the end or an error. */
async function* batches(images: AsyncIterator<LabeledImage, undefined>, size: number) {
  let index = 0;
  let next: Promise<IteratorResult<LabeledImage, undefined>> | undefined;
  for (;;) {
    const arrivals: Arrival[] = [];
    try {
      while (arrivals.length < size) {
        next ??= images.next();
        const result = arrivals.length === 0 ? await next : await unlessPaused(next);
        if (result === undefined) break;
        next = undefined;
        if (result.done === true) {
          yield { arrivals } satisfies Gathered;
          return;
        }
        assertUsableImage(result.value, index);
        arrivals.push({ image: result.value, index: index++ });
      }
    } catch (error) {
      await images.return?.();
      yield { arrivals, failure: { error } } satisfies Gathered;
      return;
    }
    yield { arrivals } satisfies Gathered;
  }
}

/** What is promised, or undefined if it takes longer than a pause. */
async function unlessPaused<T>(promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const pause = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PAUSE);
  });
  try {
    return await Promise.race([promise, pause]);
  } finally {
    clearTimeout(timer);
  }
}

async function* generate(
  extractor: FeatureExtractor,
  gathered: AsyncIterable<Gathered>,
): AsyncGenerator<LabeledCode, void, undefined> {
  for await (const { arrivals, failure } of gathered) {
    if (arrivals.length > 0) yield* embedded(extractor, arrivals);
    if (failure !== undefined) throw failure.error;
  }
}

/** The codes of a batch. If one of its images cannot be taken, those before it come first, and the error names it. */
async function* embedded(
  extractor: FeatureExtractor,
  arrivals: readonly Arrival[],
): AsyncGenerator<LabeledCode, void, undefined> {
  let codes: readonly Float32Array[];
  try {
    codes = await extractor.embed(arrivals.map(({ image: { pixels, shape } }) => ({ pixels, shape })));
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    if (arrivals.length === 1) throw named(error, arrivals[0]!);
    for (const arrival of arrivals) yield* embedded(extractor, [arrival]);
    return;
  }
  if (!Array.isArray(codes) || codes.length !== arrivals.length) {
    throw new ModelError(
      `the extractor gave ${Array.isArray(codes) ? `${codes.length} codes` : shown(codes)} for ${arrivals.length} images`,
      { hint: 'An extractor gives one Float32Array an image, in their order.' },
    );
  }
  for (const [i, { image, index }] of arrivals.entries()) {
    const { label, labels, provenance } = image;
    yield {
      code: checkedCode(codes[i], extractor, index),
      label,
      ...(labels === undefined ? {} : { labels }),
      ...(provenance === undefined ? {} : { provenance }),
    };
  }
}

/** An error that names its image by its number in the stream. */
function named(error: DataError, { image, index }: Arrival): DataError {
  return new DataError(`image ${index} (class ${String(image.label)}): ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });
}

/** Throws a `ModelError` unless a value is a code as the extractor says it makes. */
function checkedCode(code: unknown, { latentSize }: FeatureExtractor, index: number): Float32Array {
  if (isFloats(code) && code.length === latentSize && firstNonFinite(code) < 0) return code;
  const found = !isFloats(code)
    ? shown(code)
    : code.length === latentSize
      ? `one that holds ${code[firstNonFinite(code)]}`
      : `one of ${code.length} values`;
  throw new ModelError(`the extractor gives no code of ${latentSize} finite values for image ${index}`, {
    hint: `It gave ${found}.`,
  });
}
