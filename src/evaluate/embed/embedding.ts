import { DataError, UsageError } from '../../core/errors.js';
import { countPoints } from '../../core/points.js';
import { randomStream } from '../../core/random.js';

/** How many of the points that there are to take. */
export interface BalancedChoiceOptions {
  /** Number of classes. */
  readonly classes: number;
  /** Points in all. Default: as many as there are of the rarest class, from every class, but no more than `most`. */
  readonly count?: number;
  /** Bounds the default of `count`. Default: no bound. */
  readonly most?: number;
  readonly seed: number;
}

/**
 * A seeded choice of points with as many of each class as of the others, or one more of some where `count` is no multiple
 * of the classes: of the first ones.
 *
 * @param labels class of each point, from 0 on
 * @returns places of the chosen points, rising
 * @throws UsageError when a class has fewer points than its part of `count`
 */
export function balancedChoice(labels: ArrayLike<number>, options: BalancedChoiceOptions): Int32Array {
  const { classes, seed, most = Number.POSITIVE_INFINITY } = options;
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (let i = 0; i < labels.length; i++) members[labels[i]!]!.push(i);
  const fewest = Math.min(...members.map(({ length }) => length));
  const count = options.count ?? Math.min(most, fewest * classes);
  const chosen = members.flatMap((own, label) => {
    const wanted = Math.floor(count / classes) + Number(label < count % classes);
    if (wanted > own.length) {
      throw new UsageError(
        `${count} images are asked for, as many of each of ${classes} classes, but one class has ${own.length}`,
        { hint: `Ask for at most ${fewest * classes} images.` },
      );
    }
    const drawn = randomStream(seed, 'balanced', label).sample(own.length, wanted);
    return Array.from(drawn, (place) => own[place]!);
  });
  return Int32Array.from(chosen).sort();
}

/** What all embeddings are told. */
export interface EmbeddingOptions {
  /** Dimensions of the embedding. Default: 2. */
  readonly dimensions?: 2 | 3;
  /** Seed of where points start and, for UMAP, of everything else random. The same seed gives the same embedding. */
  readonly seed: number;
  /** Is told after every step how many of them are done. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the work: the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Points packed one after the other as rows, which the libraries read.
 *
 * @throws DataError when they are not whole points, or a value is not finite: the index of its point is named
 */
export function rowsOf(values: Float32Array, dimension: number): number[][] {
  return Array.from({ length: countPoints(values, dimension) }, (_, i) =>
    Array.from(values.subarray(i * dimension, (i + 1) * dimension)),
  );
}

/** Rows of an embedding, packed one after the other. */
export function packed(rows: readonly (readonly number[])[], method: string): Float32Array {
  const values = Float32Array.from(rows.flat());
  if (!values.every(Number.isFinite)) {
    throw new DataError(`${method} ran away: the embedding is not finite`, {
      hint: 'Look for points that are very far from all others.',
    });
  }
  return values;
}

/** How long others may have to wait for their turn, in milliseconds. */
const TURN = 40;

const othersTurn = () => new Promise<void>((resolve) => setTimeout(resolve));

/**
 * Does the steps of a long computation, and lets timers, input and signals have their turn between them.
 *
 * @throws the reason of the signal once it is aborted
 */
export async function stepwise(
  steps: number,
  step: () => void,
  { signal, onProgress }: Pick<EmbeddingOptions, 'signal' | 'onProgress'>,
): Promise<void> {
  let begun = performance.now();
  for (let done = 1; done <= steps; done++) {
    step();
    onProgress?.(done, steps);
    if (performance.now() - begun > TURN) {
      await othersTurn();
      begun = performance.now();
    }
    signal?.throwIfAborted();
  }
}
