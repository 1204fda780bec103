import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import type { Pixels } from '../../../src/data/decode/pixels.js';
import { fitTo } from '../../../src/data/resize.js';
import { loadBuiltInSet } from '../../../src/node/builtInSets.js';
import { factsOf } from '../../../src/node/images/imageFacts.js';
import { nearDuplicates } from '../../../src/node/images/nearDuplicates.js';
import { SKETCH_BYTES } from '../../../src/node/images/sketch.js';
import { type Camera, noiseAround, sceneOf } from './scenes.js';

/** The first of the set of each image. All are of one class unless labels are given. */
function firsts(images: readonly Pixels[], labels: readonly number[] = []): number[] {
  const facts = images.map(factsOf);
  const digest = (bytes: Uint8Array) => new DataView(bytes.buffer).getBigUint64(SKETCH_BYTES);
  return [
    ...nearDuplicates({
      count: images.length,
      sketch: (index) => facts[index]!.subarray(0, SKETCH_BYTES),
      labelOf: (index) => labels[index] ?? 0,
      digestOf: (index) => digest(facts[index]!),
    }),
  ];
}

const areNear = (one: Pixels, other: Pixels): boolean => firsts([one, other])[1] === 0;

const seed = fc.integer({ min: 1, max: 1e6 });
const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** What changes between frames of a burst. */
const camera: fc.Arbitrary<Camera> = fc.record({
  ...{ right: between(-0.05, 0.05), down: between(-0.05, 0.05) },
  ...{ zoom: between(0.96, 1.04), turn: between(-0.05, 0.05) },
  ...{ brightness: between(0.85, 1.15), contrast: between(0.85, 1.15), noise: between(0, 0.02) },
});

describe('nearDuplicates', () => {
  it('joins frames of a burst, in nearly every case', () => {
    const cases = fc.sample(fc.tuple(seed, camera), { numRuns: 120, seed: 1 });
    const found = cases.filter(([scene, moved]) => areNear(sceneOf(scene)(), sceneOf(scene)(moved)));
    expect(found.length / cases.length).toBeGreaterThan(0.95);
  });

  it('joins copies of any size', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 40, max: 130 }), (scene, side) => {
        const picture = sceneOf(scene)();
        expect(areNear(picture, fitTo(picture, [side, side, 3], 'crop'))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps distinct scenes apart', () => {
    const scenes = Array.from({ length: 100 }, (_, i) => sceneOf('distinct', i)());
    expect(firsts(scenes)).toEqual(scenes.map((_, i) => i));
  });

  it('keeps noise around one color apart, and plain pictures that differ', () => {
    const noise = Array.from({ length: 20 }, (_, i) => noiseAround([0.7, 0.2, 0.2], 0.07, i));
    expect(firsts(noise)).toEqual(noise.map((_, i) => i));
    const plain = [0, 0.2, 0.21, 0.2, 1].map((value) => ({
      pixels: new Float32Array(64).fill(value),
      shape: [8, 8, 1] as const,
    }));
    expect(firsts(plain)).toEqual([0, 1, 2, 1, 4]);
  });

  it('tells a sign from the same sign in another color', () => {
    // Colors of the same luma, from white in the shades of a scene.
    const sign = (color: readonly number[]): Pixels => {
      const { pixels, shape } = sceneOf('sign')();
      return { shape, pixels: pixels.map((_, i) => 1 - pixels[i - (i % 3)]! * (1 - color[i % 3]!)) };
    };
    const red = sign([1, 0.2, 0.2]);
    expect(areNear(red, sign([0.3, 0.38, 1]))).toBe(false);
    expect(areNear(red, sign([0.95, 0.2, 0.2]))).toBe(true);
  });

  it('finds the same sets whatever the classes are', () => {
    const images = [0, 1, 2].flatMap((scene) => [sceneOf(scene)(), sceneOf(scene)({ right: 0.03 })]);
    expect(firsts(images)).toEqual([0, 0, 2, 2, 4, 4]);
    expect(firsts(images, [0, 1, 0, 1, 0, 1])).toEqual([0, 0, 2, 2, 4, 4]);
  });

  it('joins a long burst, each frame near the one before it', () => {
    const frames = Array.from({ length: 25 }, (_, i) => sceneOf('pan')({ right: 0.03 * i }));
    const others = Array.from({ length: 10 }, (_, i) => sceneOf('other', i)());
    expect(firsts([...frames, ...others])).toEqual([...frames.map(() => 0), ...others.map((_, i) => 25 + i)]);
  });

  it('does not join drawings of one sign, but those that are moved by a pixel', async () => {
    const { train } = await loadBuiltInSet('mnist');
    const ones = [...train.labels.keys()].filter((i) => train.labels[i] === 1).slice(0, 100);
    const drawings = ones.map((i): Pixels => ({ pixels: train.images([i]).pixels, shape: [28, 28, 1] }));
    expect(new Set(firsts(drawings)).size).toBeGreaterThan(95);
    const moved = drawings.map(({ pixels, shape }): Pixels => {
      const right = new Float32Array(pixels.length);
      right.set(pixels.subarray(0, -1), 1);
      return { pixels: right, shape };
    });
    const found = drawings.filter((one, i) => areNear(one, moved[i]!)).length;
    expect(found).toBeGreaterThan(85);
  });

  describe('of thousands', () => {
    /** Fields of 8 × 8 random colors, which are all different, with two near ones beside each other and two far apart. */
    const fields = Array.from({ length: 5900 }, (_, i): Pixels => {
      const stream = randomStream('field', i);
      return { pixels: Float32Array.from({ length: 192 }, () => stream.uniform(0.1, 0.9)), shape: [8, 8, 3] };
    });
    const lighter = ({ pixels, shape }: Pixels): Pixels => ({ pixels: pixels.map((v) => 1.05 * v), shape });
    fields[2001] = lighter(fields[2000]!);
    fields[5800] = lighter(fields[100]!);
    fields[5801] = fields[101]!;

    it('compares pairs of a class', () => {
      const found = firsts(
        fields,
        fields.map((_, i) => (i >= 1900 && i < 2100 ? 12 : i % 12)),
      );
      expect([found[2001], found[5800], found[5801]]).toEqual([2000, 100, 101]);
    });

    it('compares neighbors where a class is too large, and finds all copies', () => {
      const found = firsts(fields);
      expect([found[2001], found[5800], found[5801]]).toEqual([2000, 5800, 101]);
    });
  });
});
