/** A square of pixels, row by row: 1 is ink. A border of one pixel is free of it. */
export interface Bitmap {
  readonly side: number;
  readonly ink: Uint8Array;
}

/** The inked pixels, row by row. */
export function inkedPixels({ ink }: Bitmap): number[] {
  const pixels: number[] = [];
  for (let pixel = 0; pixel < ink.length; pixel++) if (ink[pixel] === 1) pixels.push(pixel);
  return pixels;
}

/** Steps to the eight neighbors of a pixel, clockwise from the one above: right and down. */
export const NEIGHBORS = [
  [0, -1],
  [1, -1],
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
] as const;

/** For each set of inked neighbors, as bits clockwise from above: bit 0 if the first pass erases a pixel, bit 1 if the second does. */
const ERASED = Uint8Array.from({ length: 256 }, (_, set) => {
  const inked = (neighbor: number) => ((set >> (neighbor % 8)) & 1) === 1;
  /** Number of pairs of neighbors of which one is inked, from the first and the second neighbor on. */
  const pairs = (from: number) => [0, 2, 4, 6].filter((i) => inked(from + i) || inked(from + i + 1)).length;
  const lines = [0, 2, 4, 6].filter((i) => !inked(i) && (inked(i + 1) || inked(i + 2))).length;
  const near = Math.min(pairs(0), pairs(1));
  if (lines !== 1 || near < 2 || near > 3) return 0;
  const first = !(inked(2) && (inked(0) || inked(1) || !inked(3)));
  const second = !(inked(6) && (inked(4) || inked(5) || !inked(7)));
  return Number(first) + 2 * Number(second);
});

/** Thins ink to lines of one pixel in its middle, which hang together as the ink does (Guo and Hall, 1989). */
export function thin({ side, ink }: Bitmap): Bitmap {
  const left = ink.slice();
  const offsets = NEIGHBORS.map(([right, down]) => right + side * down);
  let inked = inkedPixels({ side, ink });
  for (let before = inked.length + 1; inked.length < before; ) {
    before = inked.length;
    for (const pass of [1, 2]) {
      const erased = inked.filter((pixel) => {
        let set = 0;
        for (let i = 0; i < 8; i++) set |= left[pixel + offsets[i]!]! << i;
        return (ERASED[set]! & pass) > 0;
      });
      for (const pixel of erased) left[pixel] = 0;
      inked = inked.filter((pixel) => left[pixel] === 1);
    }
  }
  return { side, ink: left };
}

/** Distances to a neighbor beside and a neighbor across a corner, of which Borgefors (1986) found sums to be nearest to true distances. */
const [BESIDE, ACROSS] = [0.95509, 1.3693];

/** The distance of each inked pixel from the nearest free one, to about 5 %: half the width of a line at its middle. */
export function distances(bitmap: Bitmap): Float32Array {
  const { side } = bitmap;
  const found = new Float32Array(side * side);
  const inked = inkedPixels(bitmap);
  for (const pixel of inked) found[pixel] = Number.POSITIVE_INFINITY;
  const pass = (pixel: number, back: 1 | -1) => {
    const beside = Math.min(found[pixel - back]!, found[pixel - back * side]!) + BESIDE;
    const across = Math.min(found[pixel - back * (side + 1)]!, found[pixel - back * (side - 1)]!) + ACROSS;
    found[pixel] = Math.min(found[pixel]!, beside, across);
  };
  for (const pixel of inked) pass(pixel, 1);
  for (const pixel of inked.reverse()) pass(pixel, -1);
  return found;
}
