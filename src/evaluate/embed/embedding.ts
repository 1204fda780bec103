import { checkCount, checkSeed } from '../../core/checks.js';
import { DataError, UsageError } from '../../core/errors.js';
import { checkIndices } from '../../core/image.js';
import { checkFields, checkFunction, checkSignal, oneAmong, optional, whole } from '../../core/kindChecks.js';
import { countPoints } from '../../core/points.js';
import { randomStream } from '../../core/random.js';

/** Size of a choice of points. */
export interface BalancedChoiceOptions {
  /** Number of classes. */
  readonly classes: number;
  /** Number of points. Default: as many of every class as the rarest one has, but no more than `most` in all. */
  readonly count?: number;
  /** Upper bound of the default of `count`. Default: none. */
  readonly most?: number;
  readonly seed: number;
}

/** More classes than anyone has. */
const MOST_CLASSES = 1_000_000;

/**
 * A seeded choice of points, as many of each class. If `count` is not a multiple of the classes, the first ones have one more.
 *
 * @param labels class of each point, from 0 on
 * @returns indices of the chosen points, in ascending order
 * @throws UsageError when a class has fewer points than its part of `count`
 */
export function balancedChoice(labels: ArrayLike<number>, options: BalancedChoiceOptions): Int32Array {
  const {
    classes,
    seed,
    most = Number.POSITIVE_INFINITY,
  } = checkFields('balancedChoice', options, {
    classes: whole(1, MOST_CLASSES),
    seed: checkSeed,
    count: optional(whole(0)),
    most: optional((name, value, of) =>
      checkCount(name, value as number, {
        most: Number.POSITIVE_INFINITY,
        ...(of === undefined ? {} : { of }),
      }),
    ),
  });
  checkIndices('labels', labels, classes, 'balancedChoice');
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (let i = 0; i < labels.length; i++) members[labels[i]!]!.push(i);
  const fewest = Math.min(...members.map(({ length }) => length));
  const count = options.count ?? Math.min(most, fewest * classes);
  const chosen = members.flatMap((own, label) => {
    const wanted = Math.floor(count / classes) + Number(label < count % classes);
    if (wanted > own.length) {
      throw new UsageError(
        `${count} images are asked for, as many of each of ${classes} classes, but one class has ${own.length}`,
        { hint: `Ask for at most ${fewest * classes} images.`, option: 'count' },
      );
    }
    const drawn = randomStream(seed, 'balanced', label).sample(own.length, wanted);
    return Array.from(drawn, (i) => own[i]!);
  });
  return Int32Array.from(chosen).sort();
}

/** Checks of the options of all embeddings. */
export const embeddingChecks = {
  dimensions: optional(oneAmong([2, 3])),
  seed: checkSeed,
  onProgress: optional(checkFunction),
  signal: optional(checkSignal),
};

/** Options of all embeddings. */
export interface EmbeddingOptions {
  /** Dimensions of the embedding. Default: 2. */
  readonly dimensions?: 2 | 3;
  /** Seed of the initial points and, for UMAP, of everything else random. The same seed gives the same embedding. */
  readonly seed: number;
  /** Called after each step. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops the work: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Rows of points that are packed one after the other, as libraries take them.
 *
 * @throws DataError when they are not whole points, or a value is not finite: the index of its point is named
 */
export function rowsOf(values: Float32Array, dimension: number): number[][] {
  return Array.from({ length: countPoints(values, dimension) }, (_, i) =>
    Array.from(values.subarray(i * dimension, (i + 1) * dimension)),
  );
}

/** An embedding that a library computes step by step. */
export interface SteppedEmbedding {
  readonly steps: number;
  step(): void;
  /** Rows of the embedding. */
  points(): readonly (readonly number[])[];
}

/**
 * Loads a library, does all steps of an embedding, and lets timers, input and signals have their turn between them.
 *
 * @param method name of the method, for errors
 * @returns points in their order, packed one after the other
 * @throws DataError when the embedding is not finite; the reason of the signal once it is aborted
 */
export async function embedStepwise<Library>(
  method: string,
  load: () => Promise<Library>,
  begin: (library: Library) => SteppedEmbedding,
  { signal, onProgress }: Pick<EmbeddingOptions, 'signal' | 'onProgress'>,
): Promise<Float32Array> {
  const library = await load();
  signal?.throwIfAborted();
  const { steps, step, points } = begin(library);
  let begun = performance.now();
  for (let done = 1; done <= steps; done++) {
    step();
    onProgress?.(done, steps);
    if (performance.now() - begun > LONGEST_TURN) {
      await othersTurn();
      begun = performance.now();
    }
    signal?.throwIfAborted();
  }
  const values = Float32Array.from(points().flat());
  if (values.every(Number.isFinite)) return values;
  throw new DataError(`${method} diverged: the embedding is not finite`, {
    hint: 'Look for points that are very far from all others.',
  });
}

/** Longest time between turns of timers and input, in milliseconds. */
const LONGEST_TURN = 40;

const othersTurn = () => new Promise<void>((resolve) => setTimeout(resolve));
