import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pixels } from '../../../src/data/decode/pixels.js';
import { fitTo } from '../../../src/data/resize.js';
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
    const sign = (color: readonly number[]): Pixels => {
      const { pixels, shape } = sceneOf('sign')();
      return { shape, pixels: pixels.map((value, i) => 0.5 + (value - 0.5) * color[i % 3]!) };
    };
    expect(areNear(sign([1, 0.2, 0.2]), sign([0.2, 0.2, 1]))).toBe(false);
    expect(areNear(sign([1, 0.2, 0.2]), sign([0.95, 0.2, 0.2]))).toBe(true);
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
});
