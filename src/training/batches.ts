import { TrainingError } from '../core/errors.js';
import type { ImageSet } from '../core/image.js';
import { epochOrder, shownInEpoch } from './epochOrder.js';

/** Labeled images by index. */
export interface TrainingData {
  readonly labels: Int32Array;
  /** Those images, as this epoch shows them. */
  images(indices: Int32Array, epoch: number): ImageSet;
}

/** Images to learn from in one step. */
export interface LearningBatch extends ImageSet {
  /** Number of the hand, or other source of style, of each image; absent where it is not known. */
  readonly hands?: Int32Array;
  /** Some of the images as they would be by other hands: their indices, and the numbers of those hands; absent where they are not known. */
  readonly twins?: { readonly pixels: Float32Array; readonly of: Int32Array; readonly hands: Int32Array };
}

/** Batches that are made when they are asked for. */
export interface BatchSource {
  /** Batches of an epoch. */
  readonly batches: number;
  /** A batch of an epoch, both counted from 0. It depends on these two alone. */
  batch(index: number, epoch: number): LearningBatch;
}

export interface ShuffledBatchesOptions {
  readonly batchSize: number;
  readonly groupSize: number;
  readonly seed: number;
}

/**
 * Images in an order that is random in every epoch, in batches. Images beyond the last whole batch of an epoch are left out of it.
 *
 * @throws TrainingError if they fill no batch
 */
export function shuffledBatches(
  data: TrainingData,
  { batchSize, groupSize, seed }: ShuffledBatchesOptions,
): BatchSource {
  let known: { readonly epoch: number; readonly order: Int32Array } | undefined;
  const orderOf = (epoch: number) => {
    if (known?.epoch !== epoch) known = { epoch, order: epochOrder(data.labels, epoch, { seed, groupSize }) };
    return known.order;
  };
  return {
    batches: batchesInEpoch(data.labels, batchSize, groupSize),
    batch(index, epoch) {
      const start = index * batchSize;
      return data.images(orderOf(epoch).subarray(start, start + batchSize), epoch);
    },
  };
}

function batchesInEpoch(labels: Int32Array, batchSize: number, groupSize: number): number {
  const shown = shownInEpoch(labels, groupSize);
  const batches = Math.floor(shown / batchSize);
  if (batches > 0) return batches;
  const grouped = groupSize === 1 ? '' : ` in groups of ${groupSize} of one class`;
  throw new TrainingError(`${shown} images${grouped} do not fill one batch of ${batchSize}`, {
    hint: 'Train on more images or with smaller batches.',
  });
}
