import { describe, expect, it } from 'vitest';
import { CHUNK } from '../../../src/core/chunks.js';
import type { LabeledImage } from '../../../src/core/image.js';
import { setSource } from '../../../src/data/imageSource.js';
import {
  choosePairs,
  imagePairs,
  interpolate,
  midpointLabels,
} from '../../../src/evaluate/interpolation/latentInterpolation.js';
import { proportion } from '../../../src/evaluate/statistics.js';
import { noise, onWasm, tinyArchitecture, tinyModel } from '../../models/tiny.js';
import { expectNoLeak } from '../../tensors.js';

onWasm();

const shape = tinyArchitecture.imageShape;
const source = setSource({
  pixels: Float32Array.from([...Array(12).keys()].flatMap((i) => [...noise(shape, i)])),
  shape,
  labels: Int32Array.from({ length: 12 }, (_, i) => i % 2),
  classes: ['a', 'b'],
});

describe('midpointLabels', () => {
  it('shows the classifier the middles between pairs of a class', async () => {
    const model = await tinyModel();
    const shown: LabeledImage[] = [];
    const classify = async (images: readonly LabeledImage[]) => {
      shown.push(...images);
      return images.map(({ label }) => label);
    };
    const settings = { pairs: 7, path: 'lerp', seed: 3, classify } as const;
    expect(await expectNoLeak(() => midpointLabels(model, source, settings))).toEqual(proportion(7, 7));
    const ends = imagePairs(source, choosePairs(source, { count: 7, within: 'class', seed: 3 }));
    for (const [from, to] of ends) expect(from.label).toBe(to.label);
    expect(shown).toEqual(interpolate(model, ends, { path: 'lerp', omegas: [0.5] }).flat());
    model.dispose();
  });

  it('counts those that are put into their class, however many are judged at a time', async () => {
    const model = await tinyModel();
    let calls = 0;
    const classify = async (images: readonly LabeledImage[]) => {
      calls++;
      return images.map(() => 'a');
    };
    const share = await midpointLabels(model, source, { pairs: 1_000, path: 'slerp', seed: 1, classify });
    expect(share).toEqual(proportion(500, 1_000));
    expect(calls).toBe(1_000 / CHUNK);
    model.dispose();
  });

  it('refuses slerp without a sphere, and no pairs', async () => {
    const flat = await tinyModel(1, { ...tinyArchitecture, latentSpace: 'euclidean' });
    const classify = async () => [];
    await expect(
      midpointLabels(flat, source, { pairs: 2, path: 'slerp', seed: 1, classify }),
    ).rejects.toThrow(/sphere/);
    await expect(midpointLabels(flat, source, { pairs: 0, path: 'lerp', seed: 1, classify })).rejects.toThrow(
      /pairs is 0/,
    );
    flat.dispose();
  });
});
