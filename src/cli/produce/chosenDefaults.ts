import type { Architecture } from '../../models/architecture.js';
import type { Survey } from '../../node/images/survey.js';

/** The size and channels that images are brought to. */
export interface ChosenShape {
  readonly size: number;
  readonly channels: 1 | 3;
}

/** What a training is told about its nets and its course. */
export interface ChosenTraining {
  readonly filters: readonly number[];
  readonly latent: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly shift: number;
  readonly warp: boolean;
}

/** Sizes that are chosen by themselves; larger ones take four times as long for twice the side. */
const SIZES = [28, 32, 48, 64];
/** Feature maps are halved until they are no larger than this. */
const SMALLEST_MAP = 8;
const [LEAST_BATCH, MOST_BATCH] = [8, 128];
/** Values of pixels that are looked at in all: some three minutes on one core. */
const BUDGET = 8e7;
/** Steps of gradient descent that are worth their time whatever the size. */
const [LEAST_STEPS, MOST_STEPS] = [300, 2000];
const LEAST_EPOCHS = 6;
const LEARNING_RATE = 0.002;
/** With fewer images than this, each is bent a little anew every time. */
const FEW = 5000;
/** With fewer than this, large images are not learnt any better, and small ones are gone through more often. */
const [VERY_FEW, LARGEST_OF_VERY_FEW] = [1000, 48];

/**
 * The largest of 28, 32, 48 and 64 pixels that half of the images reach on both sides, at least 28, and of less than 1,000
 * images at most 48; gray when no image has colours.
 */
export function chooseShape({ images, shortSides, colored }: Survey): ChosenShape {
  const median = shortSides[Math.floor((shortSides.length - 1) / 2)]!;
  const most = images < VERY_FEW ? Math.min(median, LARGEST_OF_VERY_FEW) : median;
  return { size: SIZES.findLast((size) => size <= most) ?? SIZES[0]!, channels: colored > 0 ? 3 : 1 };
}

/** Nets and course of a training for that many images of that shape. */
export function chooseTraining({ size, channels }: ChosenShape, images: number): ChosenTraining {
  const levels = Math.max(2, Math.ceil(Math.log2(size / SMALLEST_MAP)));
  const filters = Array.from({ length: levels }, (_, level) => (level === 0 ? 32 : 64));
  const batchSize = Math.min(MOST_BATCH, Math.max(LEAST_BATCH, 2 ** Math.floor(Math.log2(images / 4))));
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

/** The nets of a training. Where codes lie is its learner's choice. */
export function architectureOf(
  { size, channels }: ChosenShape,
  { filters, latent }: Pick<ChosenTraining, 'filters' | 'latent'>,
): Architecture {
  return {
    ...{ kind: 'convolutional', imageShape: [size, size, channels], latentSize: latent },
    ...{ latentSpace: 'sphere', filters: [...filters], kernelSize: 4 },
  };
}
