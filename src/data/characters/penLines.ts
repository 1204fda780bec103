import type { RandomStream } from '../../core/random.js';
import { SPREAD } from '../ink.js';

/** Lines of a pen, point by point, one stroke behind the other. */
export interface PenLines {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Where the points of each stroke begin, and where those of the last end. */
  readonly starts: Int32Array;
  /** Number of strokes. */
  count: number;
}

/** How lines come into the frame. */
const FRAME = {
  ...SPREAD,
  /** Standard deviations of an error: logarithm of the size, that of the height beside the width, and a shift in 32nds of the side. */
  size: 0.04,
  height: 0.028,
  shift: 0.4,
} as const;

/** Shortest piece of a line that is drawn by itself, in pixels: a bend within a pixel is not seen. */
const SHORTEST = 1;
/** Longest piece that is drawn straight: the middle of a longer one is put on the curve through its neighbors. */
const LONGEST = 3;

/** Softness of a line's edge, in pixels to either side; its gray level. Both are uniform. */
const SOFTNESS = [0.5, 1] as const;
const LEVEL = [0.8, 1] as const;

/**
 * Brings lines into a frame of pixels by the moments of their ink: center of mass in the middle, and a size of its spread along
 * each axis. A flat character comes out less flat. All ink is in the frame but for a small error, as of images that
 * are brought into a frame.
 *
 * @param radius half the width of the pen's line, in pixels
 */
export function frameLines(lines: PenLines, radius: number, side: number, random: RandomStream): void {
  const { x, y, starts, count } = lines;
  let [mass, sumX, sumY, sumXX, sumYY] = [0, 0, 0, 0, 0];
  let [left, right, top, bottom] = [x[0]!, x[0]!, y[0]!, y[0]!];
  for (let stroke = 0; stroke < count; stroke++) {
    for (let i = starts[stroke]! + 1; i < starts[stroke + 1]!; i++) {
      const [x0, y0, x1, y1] = [x[i - 1]!, y[i - 1]!, x[i]!, y[i]!];
      const [dx, dy] = [x1 - x0, y1 - y0];
      const ink = Math.sqrt(dx * dx + dy * dy) + 1e-4;
      const [middleX, middleY] = [(x0 + x1) / 2, (y0 + y1) / 2];
      mass += ink;
      sumX += ink * middleX;
      sumY += ink * middleY;
      sumXX += ink * middleX * middleX;
      sumYY += ink * middleY * middleY;
      left = Math.min(left, x0, x1);
      right = Math.max(right, x0, x1);
      top = Math.min(top, y0, y1);
      bottom = Math.max(bottom, y0, y1);
    }
  }
  const [centerX, centerY] = [sumX / mass, sumY / mass];
  // The pen is as wide on the page as its share of the frame, nearly.
  const pen = (2 * radius * Math.max(right - left, bottom - top)) / side;
  const ownSpread = 0.075 * pen * pen + 1e-6;
  const spreadX = sumXX / mass - centerX * centerX + ownSpread;
  const spreadY = sumYY / mass - centerY * centerY + ownSpread;
  const deviation = Math.sqrt(spreadX + spreadY);
  const sideOf = (spread: number, length: number) =>
    Math.max(
      FRAME.deviations *
        deviation *
        Math.max(Math.sqrt(2 * spread) / deviation, FRAME.thinnest) ** FRAME.shape,
      FRAME.room * (length + pen),
    );
  const size = side * Math.exp(random.normal(0, FRAME.size));
  const scaleX = size / sideOf(spreadX, right - left);
  const scaleY = (size * Math.exp(random.normal(0, FRAME.height))) / sideOf(spreadY, bottom - top);
  const toX = side / 2 - centerX * scaleX + (random.normal(0, FRAME.shift) * side) / 32;
  const toY = side / 2 - centerY * scaleY + (random.normal(0, FRAME.shift) * side) / 32;
  const end = starts[count]!;
  for (let i = 0; i < end; i++) {
    x[i] = x[i]! * scaleX + toX;
    y[i] = y[i]! * scaleY + toY;
  }
}

/** The middle between b and c on the cubic curve through a, b, c and d (Dyn, Levin and Gregory, 1987). */
const middleOn = (a: number, b: number, c: number, d: number): number => (9 * (b + c) - a - d) / 16;

/**
 * Draws lines with round ends and soft edges: white on black, and each pixel by its distance to the nearest line.
 *
 * @param pixels receives side · side values in [0, 1], row by row
 */
export function rasterizeLines(
  { x, y, starts, count }: PenLines,
  radius: number,
  side: number,
  pixels: Float32Array,
  random: RandomStream,
): void {
  const soft = random.uniform(...SOFTNESS);
  const level = random.uniform(...LEVEL);
  const reach = radius + soft;
  const core = Math.max(0, radius - soft);
  const reachSquare = reach * reach;
  const coreSquare = core * core;
  const slope = level / (2 * soft);
  const full = Math.fround(level);
  const ink = (x0: number, y0: number, dx: number, dy: number) => {
    const inverse = 1 / (dx * dx + dy * dy + 1e-9);
    const left = Math.max(0, Math.floor((dx < 0 ? x0 + dx : x0) - reach));
    const right = Math.min(side, Math.ceil((dx < 0 ? x0 : x0 + dx) + reach));
    const top = Math.max(0, Math.floor((dy < 0 ? y0 + dy : y0) - reach));
    const bottom = Math.min(side, Math.ceil((dy < 0 ? y0 : y0 + dy) + reach));
    for (let row = top; row < bottom; row++) {
      const down = row + 0.5 - y0;
      for (let column = left; column < right; column++) {
        const index = row * side + column;
        const before = pixels[index]!;
        if (before >= full) continue;
        const across = column + 0.5 - x0;
        const share = (across * dx + down * dy) * inverse;
        const t = share < 0 ? 0 : share > 1 ? 1 : share;
        const offX = across - t * dx;
        const offY = down - t * dy;
        const away = offX * offX + offY * offY;
        if (away >= reachSquare) continue;
        const value = away <= coreSquare ? level : (reach - Math.sqrt(away)) * slope;
        if (value > before) pixels[index] = value < level ? value : level;
      }
    }
  };
  pixels.fill(0);
  for (let stroke = 0; stroke < count; stroke++) {
    const first = starts[stroke]!;
    const last = starts[stroke + 1]! - 1;
    let from = first;
    for (let i = first + 1; i <= last; i++) {
      const [x0, y0] = [x[from]!, y[from]!];
      const [x1, y1] = [x[i]!, y[i]!];
      const square = (x1 - x0) ** 2 + (y1 - y0) ** 2;
      if (square < SHORTEST * SHORTEST && i < last) continue;
      if (square > LONGEST * LONGEST) {
        const [before, after] = [from - 1, i + 1];
        // At an end of the line, what would come next is as far as what came last.
        const midX = middleOn(
          before < first ? 2 * x0 - x1 : x[before]!,
          x0,
          x1,
          after > last ? 2 * x1 - x0 : x[after]!,
        );
        const midY = middleOn(
          before < first ? 2 * y0 - y1 : y[before]!,
          y0,
          y1,
          after > last ? 2 * y1 - y0 : y[after]!,
        );
        ink(x0, y0, midX - x0, midY - y0);
        ink(midX, midY, x1 - midX, y1 - midY);
      } else ink(x0, y0, x1 - x0, y1 - y0);
      from = i;
    }
  }
}
