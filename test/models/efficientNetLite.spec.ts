import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { FeatureExtractor } from '../../src/models/extractor.js';
import { decodeExtractor } from '../../src/models/extractorFile.js';
import { cosinesToPyTorch, photoSides } from './photoReference.js';
import { onWasm } from './tiny.js';

onWasm();

/** The shipped file of a name, for pictures of a side. */
const shipped = async (name: string, side: number): Promise<FeatureExtractor> =>
  decodeExtractor(await readFile(new URL(`../../models/${name}.safetensors`, import.meta.url)), name, {
    side,
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
