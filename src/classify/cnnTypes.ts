import type { ImageShape } from '../core/index.js';
import type { Batch } from '../stream/index.js';
import type { CnnDropout, CnnPresetName, CnnRecipe } from './cnnPresets.js';

export interface CnnOptions extends Partial<Omit<CnnRecipe, 'steps' | 'batchSize'>> {
  /** The net and its recipe. Default: `fast`. */
  readonly preset?: CnnPresetName;
  /** Default: the preset's. Soft labels, such as an encoder's opinion, need none. */
  readonly dropout?: CnnDropout;
  readonly shape: ImageShape;
  /** Number of classes, at least 2. */
  readonly classes: number;
  readonly seed: number;
  /** Weights to begin with: those of `weights()`, joined. Default: drawn from the seed. */
  readonly weights?: Float32Array;
}

export interface FitOptions {
  /** Batches to train on; an endless source is left after them. Default: the recipe's. */
  readonly steps?: number;
  /** Learning rate of the first step, from which it falls to zero at the last. Default: that of the net. */
  readonly learningRate?: number;
  /** Called, and awaited, after each step, counted from 1. */
  readonly onStep?: (progress: { readonly step: number; readonly loss: number }) => void | Promise<void>;
}

/** A small convolutional classifier that owns its weights until it is disposed. */
export interface Cnn {
  /** What it was made with, defaults filled in; the weights left out. */
  readonly options: Required<Omit<CnnOptions, 'weights'>>;
  /** Number of trainable values. */
  readonly parameters: number;
  /**
   * Trains on batches as they come and disposes each. Fewer batches than `steps` end the training early; calling it
   * again trains on.
   *
   * @returns The number of steps taken and the loss of the last.
   * @throws TrainingError when pixels or the loss are not finite; DataError when a batch has another shape.
   */
  fit(
    batches: AsyncIterable<Batch> | Iterable<Batch>,
    options?: FitOptions,
  ): Promise<{ readonly steps: number; readonly loss: number }>;
  /**
   * The class of each of `count` images, packed one after the other. Ties go to the lower class.
   *
   * @throws DataError when the pixels do not fit `count` or are not finite.
   */
  classify(pixels: Float32Array, count: number): Promise<Int32Array>;
  /**
   * The hidden dense layer after its ReLU, of each of `count` images: rows of as many values as the preset has hidden
   * units, one after the other. What the last layer tells classes by, and so a space in which images can be compared.
   *
   * @throws DataError when the pixels do not fit `count` or are not finite.
   */
  features(pixels: Float32Array, count: number): Promise<Float32Array>;
  /** A copy of the weights, kernel and bias of each layer in order. */
  weights(): Promise<Float32Array[]>;
  dispose(): void;
}
