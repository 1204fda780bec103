import type { ImageShape, Label, LabeledImage } from '../../src/core/image.js';

/** An image of the given shape, all of one value. */
export function flat(label: Label, value = 0.5, shape: ImageShape = [2, 2, 1]): LabeledImage {
  return { pixels: new Float32Array(shape[0] * shape[1] * shape[2]).fill(value), shape, label };
}

/** `count` images of one class, told apart by their values. */
export function pool(label: Label, count: number): LabeledImage[] {
  return Array.from({ length: count }, (_, i) => flat(label, i / 256));
}
