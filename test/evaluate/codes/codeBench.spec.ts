import { describe, expect, it } from 'vitest';
import { drawEpisode } from '../../../src/data/episodes.js';
import { codeArmNamed } from '../../../src/evaluate/codes/codeArms.js';
import { codeBench } from '../../../src/evaluate/codes/codeBench.js';
import { codeSources } from '../../../src/evaluate/codes/codeSources.js';
import { type CompleteCodeSettings, defaultCodeSettings } from '../../../src/evaluate/settings.js';
import type { EmbeddedImages } from '../../../src/node/images/embedCatalog.js';
import { noFindings } from '../../../src/node/images/findings.js';
import { onWasm } from '../../models/tiny.js';
import { fakeExtractor } from './pictures.js';

onWasm();

const extractor = fakeExtractor({ latentSize: 2 });

/** Two classes whose every second image has the code of the other class, and whose variants all have that of their own. */
function misleading(): EmbeddedImages {
  const images = Array.from({ length: 24 }, (_, i) => ({ name: `${i}`, label: i < 12 ? 'a' : 'b' }));
  const axis = (label: string) => (label === 'a' ? Float32Array.of(1, 0) : Float32Array.of(0, 1));
  const all = Int32Array.from(images.keys());
  return {
    name: 'photos',
    images,
    codes: images.map(({ label }, i) => axis(i % 2 === 0 ? label : label === 'a' ? 'b' : 'a')),
    variants: images.map(({ label }) => Array.from({ length: 8 }, () => axis(label))),
    groups: all,
    split: { train: all, validation: Int32Array.of(), test: all },
    whole: true,
    findings: { ...noFindings },
    work: { images: 24, cached: 0, forwardPasses: 0, seconds: 0 },
  };
}

const settings: CompleteCodeSettings = {
  ...defaultCodeSettings,
  ...{ data: 'photos', arms: ['codes+views'], ways: 2, shots: 3, queries: 9 },
};

describe('means of an image and its variants', () => {
  const embedded = misleading();
  const sources = codeSources(embedded, extractor, settings);
  const bench = codeBench(embedded, sources, extractor, settings);
  const drawn = {
    ...drawEpisode(sources, { ways: 2, shots: 3, queries: 9, seed: 1, episode: 0 }),
    episode: 0,
  };
  const rightBy = async (arm: string) => {
    const answers = await bench.answer('knn', bench.learn(codeArmNamed(arm), drawn), drawn);
    return answers.filter((answer, i) => answer === bench.truthOf(drawn)[i]).length;
  };

  it('are what is learned, at length 1', () => {
    const { values, labels } = bench.learn(codeArmNamed('codes+views'), drawn);
    expect(labels).toHaveLength(6);
    for (const [i, label] of labels.entries()) {
      const [own, other] = [values[2 * i + label]!, values[2 * i + 1 - label]!];
      expect(Math.hypot(own, other)).toBeCloseTo(1, 6);
      // Nine codes of the own class, or eight and one of the other.
      expect([0, 1 / 8]).toContainEqual(expect.closeTo(other / own, 6));
    }
  });

  it('are what is asked about, too', async () => {
    expect(await rightBy('codes+views')).toBe(18);
    expect(await rightBy('codes+views+mean')).toBe(18);
    expect(await rightBy('codes+geometric')).toBeLessThan(18);
  });
});
