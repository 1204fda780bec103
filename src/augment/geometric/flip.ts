import type { ImageTransform } from './transform.js';

/** Mirrors left and right, every second time on average. */
export const flip: ImageTransform = {
  name: 'flip',
  apply({ pixels, shape }, random) {
    if (random.uniform() < 0.5) return pixels.slice();
    const [height, width, channels] = shape;
    const result = new Float32Array(pixels.length);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const to = (row * width + column) * channels;
        const from = (row * width + (width - 1 - column)) * channels;
        for (let channel = 0; channel < channels; channel++) result[to + channel] = pixels[from + channel]!;
      }
    }
    return result;
  },
};
