import type { FeatureExtractor, Picture } from '../../src/models/extractor.js';
import reference from '../reference/photos.json' with { type: 'json' };

/** Numbers in [0, 1) by a linear congruential generator. */
function noise(count: number): number[] {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

/** Ten pictures `[side, side, 3]` by formula; test/reference/photos.py makes the same. */
export function photoPictures(side: number): Picture[] {
  const [grain, cells] = [noise(side * side * 3), noise(64 * 3)];
  const radius = (u: number, v: number) => Math.hypot(u - 0.5, v - 0.4);
  const grainAt = (u: number, v: number, c: number) =>
    grain[(Math.floor(v * side) * side + Math.floor(u * side)) * 3 + c]!;
  const cellAt = (u: number, v: number, c: number) =>
    cells[(Math.floor(8 * v) * 8 + Math.floor(8 * u)) * 3 + c]!;
  const formulas: ((u: number, v: number, c: number) => number)[] = [
    (u, v, c) => [u, v, 1 - u][c]!,
    (u, v, c) => 0.5 + 0.5 * Math.sin(2 * Math.PI * (3 * u + 5 * v) + c),
    (u, v, c) => (radius(u, v) < 0.3 ? 0.9 - 0.35 * c : 0.2 + 0.3 * v),
    (u, v, c) => ((Math.floor(8 * u) + Math.floor(8 * v)) % 2 === 1 ? 0.8 - 0.2 * c : 0.1 + 0.2 * c),
    grainAt,
    (u, v, c) => 0.5 + 0.5 * Math.cos(40 * radius(u, v) + 2 * c),
    (u, v, c) => 0.5 + 0.5 * Math.sin(7 * u + c) * Math.cos(9 * v - c),
    (u, v, c) => (u > 0.3 && u < 0.7 && v > 0.2 ? (0.4 + 0.5 * u) * (1 - 0.3 * c) : 0.7 + 0.1 * c - 0.4 * v),
    (u, v) => (radius(u, v) < 0.25 ? 1 - 3 * radius(u, v) : 0.3),
    (u, v, c) => cellAt(u, v, c) * 0.8 + 0.2 * grainAt(u, v, c),
  ];
  return formulas.map((value) => {
    const pixels = new Float32Array(side * side * 3);
    for (let y = 0, at = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        for (let c = 0; c < 3; c++)
          pixels[at++] = Math.floor(255 * value((x + 0.5) / side, (y + 0.5) / side, c) + 0.5) / 255;
    return { pixels, shape: [side, side, 3] };
  });
}

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Cosines between codes and those of PyTorch, for pictures of a side. */
export async function cosinesToPyTorch(extractor: FeatureExtractor): Promise<number[]> {
  const [side] = extractor.imageShape;
  const { codes } = reference.find((entry) => entry.side === side)!;
  const found = await extractor.embed(photoPictures(side));
  return found.map(
    (code, i) => dot(code, codes[i]!) / Math.sqrt(dot(code, code) * dot(codes[i]!, codes[i]!)),
  );
}

/** Sides of the pictures of the reference. */
export const photoSides = reference.map(({ side }) => side);
