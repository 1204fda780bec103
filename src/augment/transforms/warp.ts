import * as v from 'valibot';
import { type Background, backgroundSchema, colorIn } from '../../core/background.js';
import type { ImageShape, LabeledImage } from '../../core/image.js';
import { copied, sharedWorkspace, type Workspace } from '../../core/loops/workspace.js';
import { bilinear, bilinearMoved, MARGIN, mapLayout } from './loops/bilinear.js';

/** Pixels beyond the border of an image: a background; `zero` is another name for black. */
export type Fill = 'zero' | Background;

const FILLS = 'must be zero, black, white, edge or a color #rrggbb';

export const fillSchema = v.custom<Fill>((value) => value === 'zero' || v.is(backgroundSchema, value), FILLS);

/** The background that a fill names. */
export const backgroundOf = (fill: Fill): Background => (fill === 'zero' ? 'black' : fill);

/** A row and a column. */
export type Place = readonly [row: number, column: number];

/** Where the pixels of an image come from: that of (r, c) from origin + down · (r − middle row) + across · (c − middle column). */
export interface SourceMap {
  readonly origin: Place;
  readonly down: Place;
  readonly across: Place;
  readonly middle: Place;
  /** Displacements down and right that are added to the source of each pixel. */
  readonly moves?: Float32Array;
}

/** Bytes of a map in the workspace. */
const MAP = 96;

/**
 * An image whose every pixel is looked up in the given one, by an inverse map. Values between pixels are
 * bilinear; with a color, the image fades to it within one pixel of its border.
 */
export function warp(
  { pixels, shape }: LabeledImage,
  fill: Fill,
  { origin, down, across, middle, moves }: SourceMap,
  workspace?: Workspace,
): Float32Array {
  const [height, width, channels] = shape;
  // The workspace: the map, the image with its margin, the result, and the moves. Vectors of four channels read and write a little
  // beyond the last pixel.
  const line = (width + 2 * MARGIN) * channels;
  const image = MAP / 4;
  const result = image + (height + 2 * MARGIN) * line + 4;
  const moved = result + pixels.length + 4;
  const length = moved + (moves?.length ?? 0);
  const { floats, run } = workspace ?? sharedWorkspace(length);
  const space = floats(length);
  const numbers = new Float64Array(space.buffer, 0, MAP / 8);
  numbers.set([...origin, ...down, ...across, middle[0], middle[0], middle[1], middle[1]]);
  new Int32Array(space.buffer, mapLayout.sides, 2).set([height, width]);
  const source = image + MARGIN * (line + channels);
  const color = colorIn(backgroundOf(fill), channels);
  if (color !== undefined) paint(space.subarray(image, result), color);
  for (let row = 0, stride = width * channels; row < height; row++) {
    space.set(pixels.subarray(row * stride, (row + 1) * stride), source + row * line);
  }
  if (color === undefined) repeatBorder(space, source, shape, line);
  const bytes = [4 * source, 4 * result, height, width, 4 * line, 4 * channels, Math.ceil(channels / 4), 0];
  if (moves === undefined) run(bilinear, ...bytes);
  else {
    space.set(moves, moved);
    run(bilinearMoved, ...bytes, 4 * moved);
  }
  return copied(space, result, pixels.length);
}

/** Fills pixels with a color. */
function paint(pixels: Float32Array, color: readonly number[]): void {
  if (color.every((value) => value === color[0])) pixels.fill(color[0]!);
  else for (let i = 0; i < pixels.length; i++) pixels[i] = color[i % color.length]!;
}

/** Writes the outermost pixels of an image into its margin. */
function repeatBorder(
  space: Float32Array,
  source: number,
  [height, width, channels]: ImageShape,
  line: number,
): void {
  const before = MARGIN * channels;
  for (let row = 0, start = source; row < height; row++, start += line) {
    const end = start + width * channels;
    for (let i = 0; i < before; i++) {
      space[start - before + i] = space[start + (i % channels)]!;
      space[end + i] = space[end - channels + (i % channels)]!;
    }
  }
  const [first, last] = [source - before, source - before + (height - 1) * line];
  for (let row = 1; row <= MARGIN; row++) {
    space.copyWithin(first - row * line, first, first + line);
    space.copyWithin(last + row * line, last, last + line);
  }
}
