import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { randomStream } from '../../src/core/random.js';
import { encodePng } from '../../src/data/decode/png.js';

const SIDE = 35;
/** Half the width of a stroke, in pixels. */
const PEN = 1.6;

/** A PNG of a character: black strokes on white, as one of its drawers makes them. */
export function drawing(character: string, drawer: number): Uint8Array {
  const form = randomStream(7, 'character', character);
  const hand = randomStream(7, 'hand', character, drawer);
  const pixels = new Float32Array(SIDE * SIDE).fill(1);
  for (let stroke = 0; stroke < 3; stroke++) {
    const ends = Array.from({ length: 4 }, () => 5 + 25 * form.uniform() + 2 * hand.uniform());
    const [x0, y0, x1, y1] = ends as [number, number, number, number];
    for (let i = 0; i < pixels.length; i++) {
      const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
      const [dx, dy] = [x1 - x0, y1 - y0];
      const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1)));
      if (Math.hypot(x - x0 - along * dx, y - y0 - along * dy) < PEN) pixels[i] = 0;
    }
  }
  return encodePng(pixels, [SIDE, SIDE, 1]);
}

/** Writes the PNG of a character to a file, whose folder is made. */
export async function draw(file: string, character: string, drawer: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, drawing(character, drawer));
}

export interface RunsOptions {
  readonly runs?: number;
  readonly ways?: number;
  /** Images to learn from of each class. */
  readonly shots?: number;
}

/** Writes runs in the layout of Omniglot's `all_runs` into a folder. */
export async function drawRuns(
  folder: string,
  { runs = 2, ways = 3, shots = 1 }: RunsOptions = {},
): Promise<void> {
  const two = (n: number) => String(n).padStart(2, '0');
  for (let r = 1; r <= runs; r++) {
    const run = `run${two(r)}`;
    const lines: string[] = [];
    for (let c = 1; c <= ways; c++) {
      for (let shot = 1; shot <= shots; shot++) {
        const name = `class${two(c)}${shots === 1 ? '' : `_${shot}`}`;
        await draw(`${folder}/${run}/training/${name}.png`, `${r} ${c}`, shot);
        if (shot > 1) continue;
        // The items come in another order than their classes.
        const item = `${run}/test/item${two(ways + 1 - c)}.png`;
        await draw(`${folder}/${item}`, `${r} ${c}`, 99);
        lines.unshift(`${item} ${run}/training/${name}.png`);
      }
    }
    await writeFile(`${folder}/${run}/class_labels.txt`, `${lines.join('\n')}\n`);
  }
}
