import type { LabeledImage } from '../../core/index.js';
import { type Fill, warp } from './warp.js';

/** What is done to an image about its centre, in this order: sheared, turned, scaled, shifted. */
export interface AffineAmounts {
  /** Clockwise as the eye sees it, in degrees. Default 0. */
  readonly degrees?: number;
  /** New size over old size. Default 1. */
  readonly size?: number;
  /** Pixels sideways per pixel down. Default 0. */
  readonly slant?: number;
  /** In pixels. Default 0. */
  readonly down?: number;
  /** In pixels. Default 0. */
  readonly right?: number;
}

/** An affine transform by known amounts; see {@link warp} for what lies between pixels and beyond the border. */
export function affineWarp(
  image: LabeledImage,
  { degrees = 0, size = 1, slant = 0, down = 0, right = 0 }: AffineAmounts,
  fill: Fill,
): Float32Array {
  const [height, width] = image.shape;
  const angle = (degrees * Math.PI) / 180;
  // Each new pixel looks up where it came from: the inverse of scale · rotation · shear.
  const [cos, sin] = [Math.cos(angle) / size, Math.sin(angle) / size];
  const [yy, yx] = [cos, -sin];
  const [xy, xx] = [sin - slant * cos, cos + slant * sin];
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
  return warp(image, fill, (row, rows, columns) => {
    const dy = row - middleY - down;
    along(rows, middleY + yy * dy, yx, middleX, right);
    along(columns, middleX + xy * dy, xx, middleX, right);
  });
}

/** A coordinate along one row of the result. A loop of its own: the variables of a closure are slower to read. */
function along(places: Float64Array, start: number, slope: number, middle: number, right: number): void {
  for (let column = 0; column < places.length; column++) {
    places[column] = start + slope * (column - middle - right);
  }
}
