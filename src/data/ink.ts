import { refuse } from '../core/checks.js';
import { assertPixels, checkShape, type ImageShape, sizeOf } from '../core/image.js';
import {
  checkFields,
  checkFloats,
  fieldsOf,
  listOf,
  numberFrom,
  oneAmong,
  optional,
} from '../core/kindChecks.js';
import type { Pixels } from './decode/pixels.js';
import { findInk, type InkFound, type InkPolarity } from './findInk.js';
import { type Box, resample } from './resample.js';
import { fullInk } from './shades.js';

/** Longer side of the ink, as a share of the frame's shorter side: 20 of 28 pixels, as MNIST's digits have it. */
const SHARE = 20 / 28;
/** Ink that is smaller than this share of the picture's shorter side is enlarged as if it were as large, so that a dot stays one. */
const LEAST = 1 / 10;
/** Ink whose size differs by less from the wanted one is moved alone, by whole pixels, so that nothing is blurred. */
const NEAR = 0.08;

/** How a frame lies around the spread of lines or ink. */
export const SPREAD = {
  /** Side of the frame, in standard deviations of the ink's distance from its center. */
  deviations: 3.25,
  /** Power of what an axis differs from the other by, as the frame keeps it: 1 keeps the shape, 0 makes both axes alike. */
  shape: 0.5,
  /** Least share of the ink's spread that an axis counts as. */
  thinnest: 0.25,
  /** Least side of the frame, in lengths of the ink's box. */
  room: 1.02,
} as const;

/** Farthest that a frame reaches, in pixels. */
const FAR = 2 ** 16;

/** How a drawing lay in its picture: all that is needed to draw another into one like it. */
export interface InkFrame {
  /** Of the picture. */
  readonly shape: ImageShape;
  /** `dark` on a bright ground, or `light` on a dark one. */
  readonly polarity: InkPolarity;
  /** Mean color of the ground and of full ink, a value for each channel of the picture. */
  readonly ground: readonly number[];
  readonly ink: readonly number[];
  /** The ink's box in the picture, in pixels and fractions of them. */
  readonly inkBox: Box;
  /** Part of the picture that the normalized drawing shows. It may reach beyond the picture. */
  readonly box: Box;
}

/** A normalized drawing and how it lay in its picture; a blank picture has no frame. */
export interface InkDrawing extends Pixels {
  readonly frame?: InkFrame;
}

export interface InkOptions {
  /** Whether the ink is darker or lighter than its ground. Default: what most of the border and of the picture is, is ground. */
  readonly polarity?: InkPolarity;
  /**
   * What the frame is laid around: `box`, as MNIST's digits have it, or `spread`: the standard deviations of the ink along both axes,
   * of which half of their difference is evened out, so that flat and narrow characters fill the frame; an end that reaches far out to one
   * side may be cut. Default `box`.
   */
  readonly by?: 'box' | 'spread';
}

/**
 * Normalizes a drawing. By its box it comes out as MNIST's digits are: light ink on 0, its longer side 20/28 of the frame's shorter side,
 * its center of mass at the middle pixel, but all of it inside. By its spread, its center of mass is in the middle of the frame. The ground may be paper under uneven light; its level becomes 0, and that of full
 * ink 1, with soft edges between. The picture is resampled once. Specks below a hundredth of the largest stroke do not count for box
 * and center. Ink smaller than a tenth of the picture is taken for as large. A picture and its negative give the same. A drawing
 * normalized by its box gives itself.
 *
 * @param shape with as many channels as are wanted; all hold the same
 */
export function toInk(image: Pixels, shape: ImageShape, options: InkOptions = {}): InkDrawing {
  checkShape('shape', shape, 'toInk');
  checkFields('toInk: the image', image, { pixels: checkFloats, shape: checkShape });
  assertPixels(image, 'the image');
  const { polarity, by = 'box' } = checkFields('toInk', options, {
    polarity: optional(oneAmong(['dark', 'light'])),
    by: optional(oneAmong(['box', 'spread'])),
  });
  const [height, width, channels] = shape;
  const found = findInk(image, polarity);
  if (found === undefined) return { pixels: new Float32Array(sizeOf(shape)), shape };
  const box = (by === 'box' ? aroundBox : aroundSpread)(found, image.shape, height, width);
  const flat = shown(found.flat, box, height, width);
  const drawn = leveled(flat.pixels, found.floor);
  const pixels = new Float32Array(sizeOf(shape));
  for (let i = 0; i < pixels.length; i++) pixels[i] = drawn[Math.floor(i / channels)]!;
  const { polarity: own, ground, ink, inkBox } = found;
  return { pixels, shape, frame: { shape: image.shape, polarity: own, ground, ink, inkBox, box } };
}

/** Draws what is as {@link toInk} gives it into a picture like that which a frame is of. */
export function fromInk(drawing: Pixels, frame: InkFrame): Pixels {
  checkFields('fromInk: the drawing', drawing, { pixels: checkFloats, shape: checkShape });
  assertPixels(drawing, 'the drawing');
  const { shape, box, ground, ink } = checkFields('fromInk: the frame', frame, {
    shape: checkShape,
    ground: listOf(numberFrom(0, 1)),
    ink: listOf(numberFrom(0, 1)),
    box: fieldsOf({
      top: numberFrom(-FAR, FAR),
      left: numberFrom(-FAR, FAR),
      height: numberFrom(1, FAR),
      width: numberFrom(1, FAR),
    }),
  });
  const {
    pixels,
    shape: [height, width, channels],
  } = drawing;
  const [rows, columns, colors] = shape;
  for (const [name, color] of Object.entries({ ground, ink })) {
    if (color.length !== colors) refuse(`${name} of the frame`, color, `a list of ${colors}`, 'fromInk');
  }
  const one = { pixels: pixels.filter((_, i) => i % channels === 0), shape: [height, width, 1] as const };
  const [down, across] = [height / box.height, width / box.width];
  const canvas = {
    top: -box.top * down,
    left: -box.left * across,
    height: rows * down,
    width: columns * across,
  };
  const drawn = shown(one, canvas, rows, columns).pixels;
  const made = new Float32Array(sizeOf(shape));
  for (let i = 0; i < made.length; i++) {
    const c = i % colors;
    const value = ground[c]! + drawn[Math.floor(i / colors)]! * (ink[c]! - ground[c]!);
    made[i] = Math.min(1, Math.max(0, value));
  }
  return { pixels: made, shape };
}

/** The mean of frames: of their pictures' sizes, boxes and colors. Those of another polarity or number of channels than the first count for sizes alone. */
export function meanFrame(frames: readonly InkFrame[]): InkFrame {
  const [first] = frames;
  if (first === undefined) throw new RangeError('no frame to take the mean of');
  const mean = (of: readonly InkFrame[], value: (frame: InkFrame) => number) =>
    of.reduce((sum, frame) => sum + value(frame), 0) / of.length;
  const boxOf = (name: 'box' | 'inkBox'): Box => ({
    top: mean(frames, (frame) => frame[name].top),
    left: mean(frames, (frame) => frame[name].left),
    height: mean(frames, (frame) => frame[name].height),
    width: mean(frames, (frame) => frame[name].width),
  });
  const alike = frames.filter(
    ({ polarity, shape }) => polarity === first.polarity && shape[2] === first.shape[2],
  );
  const side = (axis: 0 | 1) => Math.round(mean(frames, ({ shape }) => shape[axis]));
  return {
    shape: [side(0), side(1), first.shape[2]],
    polarity: first.polarity,
    ground: first.ground.map((_, c) => mean(alike, ({ ground }) => ground[c]!)),
    ink: first.ink.map((_, c) => mean(alike, ({ ink }) => ink[c]!)),
    inkBox: boxOf('inkBox'),
    box: boxOf('box'),
  };
}

/** Part of a picture that a frame of so many pixels shows, so that it lies around the ink's box. */
function aroundBox(
  { inkBox, center }: InkFound,
  [rows, columns]: ImageShape,
  height: number,
  width: number,
): Box {
  const wanted = Math.max(1, SHARE * Math.min(height, width));
  const size = Math.max(inkBox.height, inkBox.width, LEAST * Math.min(rows, columns));
  const exact = size / wanted;
  const isNear = exact < 1 + NEAR && exact > 1 / (1 + NEAR);
  const scale = isNear ? 1 : exact;
  const along = (middle: number, start: number, length: number, pixels: number): number => {
    const at = middle - scale * (Math.floor(pixels / 2) + 0.5);
    const inside = Math.min(start, Math.max(start + length - scale * pixels, at));
    return isNear ? Math.round(inside) : inside;
  };
  return {
    top: along(center.y, inkBox.top, inkBox.height, height),
    left: along(center.x, inkBox.left, inkBox.width, width),
    height: scale * height,
    width: scale * width,
  };
}

/** The same, but around the ink's center of mass, by how far it spreads. */
function aroundSpread(
  { inkBox, center, spread }: InkFound,
  [rows, columns]: ImageShape,
  height: number,
  width: number,
): Box {
  const deviation = Math.hypot(spread.y, spread.x);
  const shorter = Math.min(height, width);
  const least = (LEAST * Math.min(rows, columns)) / SHARE;
  const side = (own: number, length: number): number => {
    const share = Math.max((Math.SQRT2 * own) / deviation, SPREAD.thinnest);
    return Math.max(SPREAD.deviations * deviation * share ** SPREAD.shape, SPREAD.room * length, least);
  };
  const [down, across] = [
    (side(spread.y, inkBox.height) * height) / shorter,
    (side(spread.x, inkBox.width) * width) / shorter,
  ];
  return { top: center.y - down / 2, left: center.x - across / 2, height: down, width: across };
}

/** A box of a gray picture in another size. Beyond the picture is 0. */
function shown({ pixels, shape: [rows, columns] }: Pixels, box: Box, height: number, width: number): Pixels {
  const margin = 2 + Math.ceil(Math.max(box.height / height, box.width / width));
  const [top, left] = [Math.floor(box.top) - margin, Math.floor(box.left) - margin];
  const [bottom, right] = [
    Math.ceil(box.top + box.height) + margin,
    Math.ceil(box.left + box.width) + margin,
  ];
  const part = new Float32Array((bottom - top) * (right - left));
  const [from, to] = [Math.max(0, left), Math.min(columns, right)];
  for (let y = Math.max(0, top); y < Math.min(rows, bottom) && from < to; y++) {
    part.set(pixels.subarray(y * columns + from, y * columns + to), (y - top) * (right - left) + from - left);
  }
  const window: Pixels = { pixels: part, shape: [bottom - top, right - left, 1] };
  return resample(window, { ...box, top: box.top - top, left: box.left - left }, height, width);
}

/** Values without noise up to `floor`, so that full ink is 1. */
function leveled(values: Float32Array, floor: number): Float32Array {
  const above = values.map((value) => Math.max(0, value - floor));
  const full = fullInk(above);
  return full > 0 ? above.map((value) => Math.min(1, value / full)) : above.fill(0);
}
