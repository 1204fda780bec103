import { UsageError } from '../../core/errors.js';
import type { LabeledSource } from '../../data/episodes.js';
import type { ImageSource } from '../../data/imageSource.js';
import { balancedChoice } from '../../evaluate/embed/embedding.js';
import { tsne } from '../../evaluate/embed/tsne.js';
import { umap } from '../../evaluate/embed/umap.js';
import { trustworthiness } from '../../evaluate/metrics/trustworthiness.js';
import type { Autoencoder } from '../../models/architecture.js';
import type { Photos } from '../photos.js';
import { encodeAll } from './scores.js';

export interface EmbedCodesOptions {
  readonly method: 'tsne' | 'umap';
  readonly dimensions: 2 | 3;
  /** Number of images, equally many of each class. Default: 2,000, or as many as the rarest class allows. */
  readonly count?: number;
  /** Of t-SNE. Default: 30. */
  readonly perplexity?: number;
  /** Of UMAP. Default: 15. */
  readonly neighbors?: number;
  /** Steps of t-SNE. Default: 1,000. */
  readonly iterations?: number;
  /** Seed of the choice of images and of the embedding. */
  readonly seed: number;
  /** Called with the number of codes before they are embedded. */
  readonly onStart?: (count: number) => void;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface EmbeddedCodes {
  /** Indices of the images in their source, ascending. */
  readonly images: Int32Array;
  /** Class of each image. */
  readonly labels: Int32Array;
  /** `images.length · dimensions` values. */
  readonly points: Float32Array;
  /** Parameters of the method, including defaults. */
  readonly parameters: Readonly<Record<string, number>>;
  /** With 12 neighbors, in [0, 1]. */
  readonly trustworthiness: number;
}

const MOST = 2000;
const NEIGHBORS = 12;

/** Codes of labeled images. */
export interface SourceOfCodes extends LabeledSource {
  readonly latentSize: number;
  /** `indices.length · latentSize` values. */
  codes(indices: Int32Array): Float32Array;
}

/** Codes that an autoencoder gives for the images of a source. */
export const codesBy = (encoder: Autoencoder, source: ImageSource): SourceOfCodes => ({
  ...{ labels: source.labels, classes: source.classes, latentSize: encoder.latentSize },
  codes: (chosen) =>
    encodeAll(encoder, {
      ...source,
      labels: chosen.map((place) => source.labels[place]!),
      images: (indices) =>
        source.images(indices === undefined ? chosen : Array.from(indices, (i) => chosen[i]!)),
    }),
});

/** Codes of photos, which are there already. */
export const codesOfPhotos = (
  { labels, classes, embedded: { codes } }: Photos,
  latentSize: number,
): SourceOfCodes => ({
  ...{ labels, classes, latentSize },
  codes(chosen) {
    const all = new Float32Array(chosen.length * latentSize);
    for (const [i, index] of chosen.entries()) all.set(codes[index]!, i * latentSize);
    return all;
  },
});

/**
 * Embeds codes of a seeded, balanced choice of images in two or three dimensions.
 *
 * @throws UsageError when there are fewer images than asked for, or too few to embed
 * @throws DataError when the encoder gives a value that is not finite
 */
export async function embedCodes(source: SourceOfCodes, options: EmbedCodesOptions): Promise<EmbeddedCodes> {
  const { method, dimensions, count, perplexity = 30, neighbors = 15, seed, onProgress, signal } = options;
  const { iterations = 1000 } = options;
  const asked = count === undefined ? { most: MOST } : { count };
  const images = balancedChoice(source.labels, { ...asked, classes: source.classes.length, seed });
  if (images.length <= 2 * NEIGHBORS) {
    throw new UsageError(
      `${images.length} images are too few: the ${NEIGHBORS} neighbours of each are looked at`,
      { hint: `Ask for at least ${2 * NEIGHBORS + 1} images.` },
    );
  }
  const labels = images.map((place) => source.labels[place]!);
  const codes = source.codes(images);
  signal?.throwIfAborted();
  options.onStart?.(images.length);
  const size = source.latentSize;
  const shared = {
    ...{ dimensions, seed },
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  };
  const points =
    method === 'tsne'
      ? await tsne(codes, size, { ...shared, perplexity, iterations })
      : await umap(codes, size, { ...shared, neighbors });
  return {
    ...{ images, labels, points },
    parameters: method === 'tsne' ? { perplexity } : { neighbors },
    trustworthiness: trustworthiness(codes, size, points, dimensions, NEIGHBORS),
  };
}
