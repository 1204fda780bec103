import type { ImageTransform } from './transform.js';

export interface AffineOptions {
  /** Largest rotation either way, in degrees. Default 15. */
  readonly rotate?: number;
  /** Largest change of size, as a share: 0.15 means 0.85 to 1.15. Default 0.15. */
  readonly scale?: number;
  /** Largest horizontal shear either way, as pixels sideways per pixel down. Default 0.2. */
  readonly shear?: number;
  /** Largest shift either way along each axis, as a share of the side. Default 0.1. */
  readonly shift?: number;
}

/**
 * Rotates, scales, shears and shifts an image about its centre, each by an amount uniform within its limit. Values
 * between pixels are bilinear; outside the image everything is 0.
 */
export function affine(options: AffineOptions = {}): ImageTransform {
  const { rotate = 15, scale = 0.15, shear = 0.2, shift = 0.1 } = options;
  return {
    name: 'affine',
    apply({ pixels, shape }, random) {
      const [height, width, channels] = shape;
      const angle = (random.uniform(-rotate, rotate) * Math.PI) / 180;
      const size = 1 + random.uniform(-scale, scale);
      const slant = random.uniform(-shear, shear);
      const down = random.uniform(-shift, shift) * height;
      const right = random.uniform(-shift, shift) * width;
      // Each new pixel looks up where it came from: the inverse of scale · rotation · shear.
      const [cos, sin] = [Math.cos(angle) / size, Math.sin(angle) / size];
      const [yy, yx] = [cos, -sin];
      const [xy, xx] = [sin - slant * cos, cos + slant * sin];
      const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
      const result = new Float32Array(pixels.length);
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const dy = row - middleY - down;
          const dx = column - middleX - right;
          const y = middleY + yy * dy + yx * dx;
          const x = middleX + xy * dy + xx * dx;
          const top = Math.floor(y);
          const left = Math.floor(x);
          if (top < -1 || top >= height || left < -1 || left >= width) continue;
          const [below, beside] = [y - top, x - left];
          const at = (row * width + column) * channels;
          for (let channel = 0; channel < channels; channel++) {
            let value = 0;
            for (let i = 0; i < 2; i++) {
              const sourceRow = top + i;
              if (sourceRow < 0 || sourceRow >= height) continue;
              for (let j = 0; j < 2; j++) {
                const sourceColumn = left + j;
                if (sourceColumn < 0 || sourceColumn >= width) continue;
                const weight = (i === 0 ? 1 - below : below) * (j === 0 ? 1 - beside : beside);
                value += weight * pixels[(sourceRow * width + sourceColumn) * channels + channel]!;
              }
            }
            result[at + channel] = value;
          }
        }
      }
      return result;
    },
  };
}
