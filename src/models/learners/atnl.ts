import * as tf from '@tensorflow/tfjs';
import {
  angularTripletNeighbor,
  circular,
  nominal,
  ordinal,
  type Semantics,
  squaredError,
} from '../../losses/index.js';
import { type Learner, singlePart } from '../learner.js';
import { moved } from './noise.js';
import { assertBetween } from './options.js';

/** How labels are read: as names, as places on a line, or as places on a circle. */
export type SemanticsName = 'nominal' | 'ordinal' | 'circular';

export interface AtnlOptions {
  /** How labels are read. Default `nominal`. */
  readonly semantics?: SemanticsName;
  /** Largest difference of labels (`ordinal`) or a full turn (`circular`), in the labels' unit. Default 9, for digits. */
  readonly range?: number;
  /** Angular margin at semantic distance 1, in radians, at most π. Default 1. */
  readonly margin?: number;
  /** Weight λ of the angular term. Default 80. */
  readonly lambda?: number;
  /** Whose angle to the negative counts; see `angularTripletNeighbor`. Default `anchor`. */
  readonly negative?: 'anchor' | 'positive';
  /**
   * How far codes are moved at random, in radians, before they are decoded in training, about; at most π. It makes the
   * decoder smooth between the codes it has met, and its images softer. Default 0. Ours, not the paper's.
   */
  readonly noise?: number;
}

const semanticsByName: Record<SemanticsName, (range: number) => Semantics> = {
  nominal: () => nominal,
  ordinal,
  circular,
};

/**
 * Reconstruction + λ · ATNL (arXiv 2010.10772; our reading, see docs/concepts.md). The reconstruction term is the
 * squared error of an image, summed over its values.
 */
export function atnl(options: AtnlOptions = {}): Learner {
  const { semantics = 'nominal', range = 9, margin = 1, lambda = 80, negative = 'anchor' } = options;
  const { noise = 0 } = options;
  assertBetween('atnl', { margin, noise }, 0, Math.PI);
  assertBetween('atnl', { lambda }, 0);
  const distance = semanticsByName[semantics](range);
  return {
    name: 'atnl',
    latentSpace: 'sphere',
    variational: false,
    supervised: true,
    options: {
      semantics,
      ...(semantics === 'nominal' ? {} : { range }),
      margin,
      lambda,
      negative,
      ...(noise === 0 ? {} : { noise }),
    },
    prepare: (autoencoder) =>
      singlePart(autoencoder, ({ images, labels, random }) => {
        const codes = autoencoder.encode(images);
        const decoded = autoencoder.decode(noise === 0 ? codes : moved(codes, random('noise'), noise));
        const reconstruction = squaredError(images, decoded);
        const angular = angularTripletNeighbor(codes, labels, { semantics: distance, margin, negative });
        return {
          loss: tf.add<tf.Scalar>(reconstruction, angular.mul(lambda)),
          reconstruction,
          atnl: angular,
        };
      }),
  };
}
