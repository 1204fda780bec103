import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FeatureExtractor, Picture } from '../../src/models/extractor.js';
import { decodeExtractor } from '../../src/models/extractorFile.js';
import { expectNoLeak } from '../tensors.js';
import { cosinesToPyTorch, dot, photoPictures, photoSides } from './photoReference.js';
import { onWasm } from './tiny.js';

onWasm();

/** The shipped file of a name, for pictures of a side. */
const shipped = async (name: string, side: number): Promise<FeatureExtractor> =>
  decodeExtractor(await readFile(new URL(`../../models/${name}.safetensors`, import.meta.url)), name, {
    side,
  });

/** A picture with a part of the pixels of another. */
function part({ pixels, shape }: Picture, top: number, left: number, height: number, width: number): Picture {
  const channels = shape[2];
  const rows = Array.from({ length: height }, (_, row) => {
    const start = ((top + row) * shape[1] + left) * channels;
    return [...pixels.subarray(start, start + width * channels)];
  });
  return { pixels: Float32Array.from(rows.flat()), shape: [height, width, channels] };
}

describe('codes of photos', () => {
  let extractor: FeatureExtractor;
  beforeAll(async () => {
    extractor = await shipped('photos', 64);
  });
  afterAll(() => extractor.dispose());

  it('are of length 1, in the order of the pictures, and do not depend on the others', async () => {
    const pictures = photoPictures(64);
    const alone: Float32Array[] = [];
    for (const picture of pictures) alone.push((await extractor.embed([picture]))[0]!);
    for (const code of alone) expect(Math.hypot(...code)).toBeCloseTo(1, 6);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(9), { maxLength: 12 }), async (chosen) => {
        const codes = await extractor.embed(chosen.map((i) => pictures[i]!));
        expect(codes).toEqual(chosen.map((i) => alone[i]));
      }),
      { numRuns: 6 },
    );
  });

  it('are the same in batches', async () => {
    const pictures = photoPictures(64);
    const many = Array.from({ length: 107 }, (_, i) => pictures[i % 10]!);
    const codes = await extractor.embed(many);
    const [first] = [codes.slice(0, 10)];
    for (const [i, code] of codes.entries()) expect(code).toEqual(first[i % 10]);
  });

  it('of a wide or tall picture are those of its middle square', async () => {
    const picture = photoPictures(100)[7]!;
    const middle = part(picture, 18, 18, 64, 64);
    const [wide, tall, square] = await extractor.embed([
      part(picture, 18, 0, 64, 100),
      part(picture, 0, 18, 100, 64),
      middle,
    ]);
    expect(wide).toEqual(square);
    expect(tall).toEqual(square);
  });

  it('of a gray picture are those of the same values in color', async () => {
    const [gray] = [photoPictures(64)[8]!].map(
      ({ pixels }): Picture => ({
        pixels: pixels.filter((_, i) => i % 3 === 0),
        shape: [64, 64, 1],
      }),
    );
    const [one, other] = await extractor.embed([gray!, photoPictures(64)[8]!]);
    expect(one).toEqual(other);
  });

  it('hardly depend on the size of the picture', async () => {
    const [large, small] = await Promise.all([
      extractor.embed(photoPictures(256)),
      extractor.embed(photoPictures(64)),
    ]);
    // Noise has other grains at another size, and edges of 64 pixels are not smooth.
    for (const i of [0, 1, 2, 5, 6, 7, 8])
      expect(dot(large[i]!, small[i]!), `picture ${i}`).toBeGreaterThan(0.9);
  });

  it('of no pictures are none', async () => {
    expect(await extractor.embed([])).toEqual([]);
  });

  it('leave no tensors behind, also where a picture is refused', async () => {
    await expectNoLeak(async () => {
      await extractor.embed(photoPictures(64));
      const picture = { pixels: new Float32Array(16), shape: [2, 2, 4] as const };
      await expect(extractor.embed([photoPictures(64)[0]!, picture])).rejects.toMatchObject({
        name: 'DataError',
        message: expect.stringContaining('picture 1 has 4 channels'),
        hint: expect.stringContaining('3 (RGB)'),
      });
    });
  });
});

describe.each([
  ['photos', 0.9999],
  ['photos-small', 0.998],
] as const)('%s', (name, least) => {
  it.each(photoSides)(
    `has PyTorch’s codes of pictures of %i pixels, to a cosine of ${least}`,
    async (side) => {
      const extractor = await shipped(name, side);
      const cosines = await cosinesToPyTorch(extractor);
      extractor.dispose();
      expect(cosines).toHaveLength(10);
      expect(Math.min(...cosines)).toBeGreaterThan(least);
    },
  );
});
