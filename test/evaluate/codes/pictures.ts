import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ImageShape } from '../../../src/core/image.js';
import { randomStream } from '../../../src/core/random.js';
import { encodePng } from '../../../src/data/decode/png.js';
import type { FeatureExtractor, Picture } from '../../../src/models/extractor.js';

const SIDE = 16;

/** A colored picture of a class: patches in its colors, moved and changed from one number to the next. */
export function pictureOf(label: string, number: number, strength = 0.5): Uint8Array {
  const shape: ImageShape = [SIDE, SIDE, 3];
  const own = randomStream('pictures', label);
  const patches = Float32Array.from({ length: 48 }, () => own.uniform());
  const random = randomStream('pictures', label, number);
  const noise = Float32Array.from({ length: 48 }, () => random.uniform(-strength, strength));
  const pixels = Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
    const [row, column, channel] = [Math.floor(i / 48), Math.floor(i / 3) % SIDE, i % 3];
    const patch = (Math.floor(row / 4) * 4 + Math.floor(column / 4)) * 3 + channel;
    return Math.min(1, Math.max(0, patches[patch]! + noise[patch]! + random.uniform(-0.05, 0.05)));
  });
  return encodePng(pixels, shape);
}

/** Writes `sizes[c]` pictures of each class, named by letters, into a folder, below a split if it is named. */
export async function fillFolder(
  folder: string,
  sizes: readonly number[],
  split = '',
  from = 0,
): Promise<void> {
  for (const [c, size] of sizes.entries()) {
    const label = String.fromCharCode(97 + c);
    for (let number = from; number < from + size; number++) {
      const path = join(folder, split, label, `${number}.png`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, pictureOf(label, number));
    }
  }
}

/** An extractor that projects pictures on random directions, and counts them. */
export function fakeExtractor(
  change: Partial<FeatureExtractor> = {},
): FeatureExtractor & { readonly calls: number[] } {
  const [latentSize, imageShape] = [24, [8, 8, 3] as const];
  const random = randomStream('fake extractor');
  const weights = Float32Array.from({ length: latentSize * 192 }, () => random.normal());
  const calls: number[] = [];
  const embedOne = ({ pixels }: Picture): Float32Array => {
    const code = Float32Array.from({ length: latentSize }, (_, d) =>
      pixels.reduce((sum, value, i) => sum + (value - 0.5) * weights[d * 192 + i]!, 0),
    );
    const length = Math.hypot(...code);
    return code.map((value) => value / length);
  };
  return {
    ...{
      name: 'fake',
      digest: 'f'.repeat(64),
      latentSize,
      latentSpace: 'sphere',
      styleSize: 0,
      imageShape,
      calls,
    },
    describe: () => [],
    async embed(pictures) {
      calls.push(pictures.length);
      return pictures.map(embedOne);
    },
    dispose() {},
    ...change,
  };
}

/** Number of pictures that an extractor was given. */
export const passesOf = ({ calls }: { readonly calls: readonly number[] }): number =>
  calls.reduce((sum, count) => sum + count, 0);
