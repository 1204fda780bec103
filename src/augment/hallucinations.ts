import * as tf from '@tensorflow/tfjs';
import {
  assertUsableImage,
  type Label,
  type LabeledImage,
  type Provenance,
  randomStream,
  sizeOf,
  UsageError,
} from '../core/index.js';
import type { Model } from '../models/index.js';
import { angle } from '../sphere/index.js';
import { latentPath, type PathName, type Waypoint } from './paths/index.js';

export interface HallucinateOptions {
  /** Images to make for each class. */
  readonly perClass: number;
  /** Way from one sample of a class to another. Default `slerp`. */
  readonly path?: PathName;
  /** Image *i* of a class depends on this seed, the label and *i* alone. Default 0. */
  readonly seed?: number;
  /** Images decoded at a time; a matter of speed and memory only. Default 128. */
  readonly batchSize?: number;
}

/** The codes of one class, in the order in which its samples came. */
interface Bank {
  readonly label: Label;
  readonly codes: tf.Tensor2D;
  readonly count: number;
}

/** Rows of a matrix by number. */
function rows(codes: tf.Tensor2D, indices: readonly number[]): tf.Tensor2D {
  return tf.tidy(() => tf.gather(codes, tf.tensor1d(indices as number[], 'int32')));
}

function encodeByClass(model: Model, support: readonly LabeledImage[], batchSize: number): Bank[] {
  for (const [i, image] of support.entries()) assertUsableImage(image, i, model.imageShape);
  const byLabel = new Map<Label, LabeledImage[]>();
  for (const image of support) {
    const known = byLabel.get(image.label);
    if (known === undefined) byLabel.set(image.label, [image]);
    else known.push(image);
  }
  return tf.tidy(() =>
    [...byLabel].map(([label, images]) => ({
      label,
      count: images.length,
      codes: tf.concat2d(
        batchesOf(images, batchSize).map((batch) => encode(model, batch)),
        0,
      ),
    })),
  );
}

function batchesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

function encode(model: Model, images: readonly LabeledImage[]): tf.Tensor2D {
  const size = sizeOf(model.imageShape);
  const pixels = new Float32Array(images.length * size);
  for (const [i, image] of images.entries()) pixels.set(image.pixels, i * size);
  return tf.tidy(() => model.encode(tf.tensor4d(pixels, [images.length, ...model.imageShape])));
}

/** Decodes one batch of places between the samples of a class. */
function decodeBatch(model: Model, bank: Bank, path: PathName, waypoints: readonly Waypoint[]) {
  return tf.tidy(() => {
    const from = rows(
      bank.codes,
      waypoints.map(({ parents }) => parents[0]),
    );
    const to = rows(
      bank.codes,
      waypoints.map(({ parents }) => parents[1]),
    );
    const omega = tf.tensor1d(waypoints.map((waypoint) => waypoint.omega));
    return {
      pixels: model.decode(latentPath(path).walk(from, to, omega)).dataSync() as Float32Array,
      angles: angle(from, to).dataSync(),
    };
  });
}

/**
 * New images for each class of a support set, one by one as they are asked for: two samples of the class are encoded,
 * a place between their codes is chosen, and the decoder draws it. Classes come in the order of their first sample; one
 * with fewer samples than the path needs gets none.
 *
 * @throws UsageError for options out of range, DataError for an image that the model cannot take
 */
export function* hallucinations(
  model: Model,
  support: readonly LabeledImage[],
  options: HallucinateOptions,
): Generator<LabeledImage, void, undefined> {
  const { perClass, path = 'slerp', seed = 0, batchSize = 128 } = options;
  for (const [name, value] of Object.entries({ perClass, batchSize })) {
    if (!Number.isInteger(value) || value < 1)
      throw new UsageError(`${name} must be a whole number of at least 1, not ${value}`);
  }
  const { choose, samplesNeeded } = latentPath(path);
  const banks = encodeByClass(model, support, batchSize);
  // The codes outlive a tidy in which the first image was asked for.
  for (const { codes } of banks) tf.keep(codes);
  try {
    for (const bank of banks) {
      if (bank.count < samplesNeeded) continue;
      for (let start = 0; start < perClass; start += batchSize) {
        const waypoints = Array.from({ length: Math.min(batchSize, perClass - start) }, (_, i) =>
          choose(bank.count, randomStream(seed, 'hallucinate', path, bank.label, start + i)),
        );
        const { pixels, angles } = decodeBatch(model, bank, path, waypoints);
        const size = sizeOf(model.imageShape);
        for (const [i, { parents, omega }] of waypoints.entries()) {
          const provenance: Provenance = {
            parents,
            path,
            omega,
            angle: angles[i]!,
            index: start + i,
            seed,
            model: model.digest,
          };
          yield {
            pixels: pixels.slice(i * size, (i + 1) * size),
            shape: model.imageShape,
            label: bank.label,
            provenance,
          };
        }
      }
    }
  } finally {
    tf.dispose(banks.map(({ codes }) => codes));
  }
}
