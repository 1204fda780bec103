import type { LabeledImage, RandomStream } from '../../core/index.js';

/** Makes one image from another. All chance comes from `random`, so that the same stream gives the same image. */
export interface ImageTransform {
  readonly name: string;
  apply(image: LabeledImage, random: RandomStream): Float32Array;
}
