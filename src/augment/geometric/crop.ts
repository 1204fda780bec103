import type { ImageTransform } from './transform.js';

/** Pads by `margin` black pixels and cuts a window of the old size out at random: a shift by up to `margin` pixels. */
export function crop(margin = 2): ImageTransform {
  return {
    name: 'crop',
    apply({ pixels, shape }, random) {
      const [height, width, channels] = shape;
      const down = random.integer(2 * margin + 1) - margin;
      const right = random.integer(2 * margin + 1) - margin;
      const result = new Float32Array(pixels.length);
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const [fromRow, fromColumn] = [row - down, column - right];
          if (fromRow < 0 || fromRow >= height || fromColumn < 0 || fromColumn >= width) continue;
          for (let channel = 0; channel < channels; channel++) {
            result[(row * width + column) * channels + channel] =
              pixels[(fromRow * width + fromColumn) * channels + channel]!;
          }
        }
      }
      return result;
    },
  };
}
