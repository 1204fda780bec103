import type { Architecture } from '../../models/architecture.js';
import type { Survey } from '../../node/images/survey.js';

/** Size and channels that images are resized to. */
export interface ChosenShape {
  readonly size: number;
  readonly channels: 1 | 3;
}

/** Nets and schedule of a training. */
export interface ChosenTraining {
  readonly filters: readonly number[];
  readonly latent: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly shift: number;
  readonly warp: boolean;
}

/** Sizes to choose from. Twice the side takes four times as long. */
const SIZES = [28, 32, 48, 64];
/** Feature maps are halved down to this size. */
const SMALLEST_MAP = 8;
const [LEAST_BATCH, MOST_BATCH] = [8, 128];
/** Pixel values seen in a training: about three minutes on one core. */
const BUDGET = 8e7;
/** Range of training steps, whatever the size. */
const [LEAST_STEPS, MOST_STEPS] = [300, 2000];
const LEAST_EPOCHS = 6;
const LEARNING_RATE = 0.002;
/** Below this number of images, images are warped. */
const FEW = 5000;
/** Below this number of images, a larger size does not help, so it is limited to the second number. */
const [VERY_FEW, LARGEST_OF_VERY_FEW] = [1000, 48];

/**
 * Chooses the largest of 28, 32, 48 and 64 pixels that half of the images reach on both sides, at least 28, and for fewer than 1,000
 * images at most 48; gray if no image has color.
 */
export function chooseShape({ images, shortSides, colored }: Survey): ChosenShape {
  const median = shortSides[Math.floor((shortSides.length - 1) / 2)]!;
  const most = images < VERY_FEW ? Math.min(median, LARGEST_OF_VERY_FEW) : median;
  return { size: SIZES.findLast((size) => size <= most) ?? SIZES[0]!, channels: colored > 0 ? 3 : 1 };
}

/** Chooses nets and schedule of a training by the shape of images and the number of those to learn from, which fill a batch. */
export function chooseTraining({ size, channels }: ChosenShape, images: number): ChosenTraining {
  const levels = Math.max(2, Math.ceil(Math.log2(size / SMALLEST_MAP)));
  const filters = Array.from({ length: levels }, (_, level) => (level === 0 ? 32 : 64));
  const quarter = 2 ** Math.floor(Math.log2(images / 4));
  const batchSize = Math.min(Math.max(1, images), MOST_BATCH, Math.max(LEAST_BATCH, quarter));
  const batches = Math.max(1, Math.floor(images / batchSize));
  const affordable = BUDGET / (size * size * channels * batchSize);
  const steps = Math.min(MOST_STEPS, Math.max(LEAST_STEPS, affordable));
  return {
    filters,
    latent: size > 32 || channels === 3 ? 64 : 32,
    batchSize,
    epochs: Math.max(LEAST_EPOCHS, Math.round(steps / batches)),
    learningRate: LEARNING_RATE,
    shift: Math.max(1, Math.round(size / 28)),
    warp: images < FEW,
  };
}

/** Nets of a training. The learner chooses the latent space. */
export function architectureOf(
  { size, channels }: ChosenShape,
  { filters, latent }: Pick<ChosenTraining, 'filters' | 'latent'>,
): Architecture {
  return {
    ...{ kind: 'convolutional', imageShape: [size, size, channels], latentSize: latent },
    ...{ latentSpace: 'sphere', filters: [...filters], kernelSize: 4 },
  };
}
