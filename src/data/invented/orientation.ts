import { type ImageShape, sizeOf } from '../../core/index.js';

/** Where a square's row and column come from, for each way to lay it down. */
const sources = {
  upright: (row: number, column: number): [number, number] => [row, column],
  left: (row: number, column: number, last: number): [number, number] => [column, last - row],
  down: (row: number, column: number, last: number): [number, number] => [last - row, last - column],
  right: (row: number, column: number, last: number): [number, number] => [last - column, row],
  mirrored: (row: number, column: number, last: number): [number, number] => [row, last - column],
  'mirrored left': (row: number, column: number): [number, number] => [column, row],
  'mirrored down': (row: number, column: number, last: number): [number, number] => [last - row, column],
  'mirrored right': (row: number, column: number, last: number): [number, number] => [
    last - column,
    last - row,
  ],
};

/** A way to lay a square image down: turned by quarters, mirrored or not. */
export type Orientation = keyof typeof sources;

/** All eight. */
export const orientations = Object.keys(sources) as readonly Orientation[];

/** A square image laid down in another way. */
export function oriented(pixels: Float32Array, shape: ImageShape, orientation: Orientation): Float32Array {
  if (orientation === 'upright') return pixels;
  const [side, , channels] = shape;
  const from = sources[orientation];
  const turned = new Float32Array(sizeOf(shape));
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [sourceRow, sourceColumn] = from(row, column, side - 1);
      const start = (sourceRow * side + sourceColumn) * channels;
      turned.set(pixels.subarray(start, start + channels), (row * side + column) * channels);
    }
  }
  return turned;
}
