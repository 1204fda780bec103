import type { Drawing } from './pen.js';

/** Distance between a place and a straight piece of line, all in pixels. */
function distance(x: number, y: number, x0: number, y0: number, dx: number, dy: number): number {
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / length;
  const t = share < 0 ? 0 : share > 1 ? 1 : share;
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}

/**
 * A drawing as an image: white lines with round ends on black, their edges one pixel soft.
 *
 * @param side height and width in pixels
 * @returns side · side values in [0, 1], row by row
 */
export function rasterize({ segments, radius }: Drawing, side: number): Float32Array {
  const pixels = new Float32Array(side * side);
  const reach = radius * side + 0.5;
  const within = (value: number) => Math.min(side - 1, Math.max(0, value));
  for (const [from, to] of segments) {
    const [x0, y0] = [from[0] * side, from[1] * side];
    const [dx, dy] = [to[0] * side - x0, to[1] * side - y0];
    const top = within(Math.floor(Math.min(y0, y0 + dy) - reach));
    const bottom = within(Math.ceil(Math.max(y0, y0 + dy) + reach));
    const left = within(Math.floor(Math.min(x0, x0 + dx) - reach));
    const right = within(Math.ceil(Math.max(x0, x0 + dx) + reach));
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const ink = reach - distance(column + 0.5, row + 0.5, x0, y0, dx, dy);
        const place = row * side + column;
        if (ink > pixels[place]!) pixels[place] = Math.min(1, ink);
      }
    }
  }
  return pixels;
}
