import { type Background, colorIn } from './background.js';
import { type ImageShape, sizeOf } from './image.js';

/** Pixels of an image moved by whole pixels, down and to the right; what comes in from outside is background. */
export function moveImage(
  pixels: Float32Array,
  shape: ImageShape,
  [down, right]: readonly [down: number, right: number],
  background: Background,
): Float32Array {
  const [height, width, channels] = shape;
  const moved = new Float32Array(sizeOf(shape));
  const color = colorIn(background, channels);
  if (color === undefined) {
    const nearest = (index: number, side: number) => Math.min(side - 1, Math.max(0, index));
    for (let row = 0, to = 0; row < height; row++) {
      for (let column = 0; column < width; column++, to += channels) {
        const from = (nearest(row - down, height) * width + nearest(column - right, width)) * channels;
        for (let channel = 0; channel < channels; channel++) moved[to + channel] = pixels[from + channel]!;
      }
    }
    return moved;
  }
  if (color.some((value) => value !== 0)) {
    for (let i = 0; i < moved.length; i++) moved[i] = color[i % channels]!;
  }
  const length = (width - Math.abs(right)) * channels;
  if (length <= 0) return moved;
  for (let row = Math.max(0, down); row < Math.min(height, height + down); row++) {
    const from = ((row - down) * width + Math.max(0, -right)) * channels;
    moved.set(pixels.subarray(from, from + length), (row * width + Math.max(0, right)) * channels);
  }
  return moved;
}
