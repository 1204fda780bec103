import type { ImageShape } from '../core/image.js';
import type { LatentSpace } from './architecture.js';
import type { BaseCodes } from './baseCodes.js';

/** Space that codes of one encoder lie in: all that paths between them need to know. */
export interface CodeSpace {
  /** Name of the encoder, for errors: `photos`. */
  readonly name: string;
  /** SHA-256 of all that codes depend on, in hexadecimal, which hallucinated codes record as their origin. */
  readonly digest: string;
  /** Number of values of a code. */
  readonly latentSize: number;
  readonly latentSpace: LatentSpace;
  /** Number of last values of a code that hold the style of an image instead of its class; 0 without a style part. */
  readonly styleSize: number;
  /** Codes of images that the encoder was trained on; the path `transport` needs them. */
  readonly base?: BaseCodes;
}

/** Pixels in [0, 1] of any size, row by row, channels last. */
export interface Picture {
  readonly pixels: Float32Array;
  readonly shape: ImageShape;
}

/** A frozen encoder of images of any size. It has no decoder: its codes feed classifiers. */
export interface FeatureExtractor extends CodeSpace {
  /** Shape that images are brought to: cut to its ratio in the middle, then resized; gray ones are repeated in all channels. */
  readonly imageShape: ImageShape;
  /** Name of the data it was trained on, as model cards write it, and classes where they are known. Absent if unknown. */
  readonly seen?: { readonly name: string; readonly classes?: readonly (string | number)[] };
  /** The extractor whose codes a head makes its own of, and that head; absent where there is none. */
  readonly head?: {
    readonly features: FeatureExtractor;
    codeOf(features: Float32Array): Float32Array;
  };
  /** Lines that say what it is, for people: network, source, license, size. */
  describe(): readonly string[];
  /**
   * Codes `[latentSize]` of pictures, in their order. A code does not depend on the other pictures of the call.
   *
   * @throws DataError for a picture that it cannot take
   */
  embed(pictures: readonly Picture[]): Promise<Float32Array[]>;
  /** Frees its weights. */
  dispose(): void;
}
