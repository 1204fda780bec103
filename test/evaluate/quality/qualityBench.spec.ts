import { describe, expect, it } from 'vitest';
import { type ImageSet, imagesOf } from '../../../src/core/image.js';
import { sampleEpisode } from '../../../src/data/episodes.js';
import { drawEpisode } from '../../../src/evaluate/quality/qualityBench.js';
import { defaultQuality, type QualitySettings } from '../../../src/evaluate/quality/qualitySettings.js';
import { thirds } from './thirds.js';

const train = thirds(60, 1);
const test = thirds(45, 2);
const settings: QualitySettings = {
  ...defaultQuality,
  shots: 3,
  perClass: 9,
  judgeImages: 21,
  seed: 4,
  backend: 'wasm',
};
const draw = (episode: number, changes: Partial<QualitySettings> = {}) =>
  drawEpisode({ train, test }, { ...settings, ...changes }, episode);
/** Images by what is seen on them. */
const seen = (set: ImageSet) => [...imagesOf(set)].map(({ pixels, label }) => `${label} ${pixels.join()}`);
const perClass = (set: ImageSet) =>
  set.classes.map((_, place) => set.labels.filter((label) => label === place).length);

describe('drawEpisode', () => {
  it('draws as many images of each class, real ones that neither judge nor support set has', () => {
    const judged = new Set(seen(train.images(Array.from({ length: 21 }, (_, i) => i))));
    const whole = new Set(seen(train.images()));
    const tests = new Set(seen(test.images()));
    for (let episode = 0; episode < 20; episode++) {
      const { support, reference, real } = draw(episode);
      expect([support, reference, real].map(perClass)).toEqual([
        [3, 3, 3],
        [9, 9, 9],
        [9, 9, 9],
      ]);
      expect(seen(reference).every((image) => tests.has(image))).toBe(true);
      const supports = new Set(seen(support));
      const others = seen(real);
      expect(new Set(others).size).toBe(27);
      for (const image of others) {
        expect(whole.has(image)).toBe(true);
        expect(judged.has(image) || supports.has(image)).toBe(false);
      }
    }
  });

  it('has the support sets of the episodes that arms are compared on', () => {
    for (const episode of [0, 3]) {
      const { support } = sampleEpisode({ support: train, query: test }, { shots: 3, seed: 4, episode });
      expect(draw(episode).support).toEqual(support);
    }
    expect(draw(0).seed).not.toBe(draw(1).seed);
  });

  it('gives the same for the same seed, and other images for another', () => {
    expect(draw(2)).toEqual(draw(2));
    const [one, other] = [draw(2), draw(2, { seed: 5 })];
    for (const set of ['support', 'reference', 'real'] as const)
      expect(seen(one[set])).not.toEqual(seen(other[set]));
  });
});
