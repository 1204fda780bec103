import { fitPictures } from '../../src/models/backbone.js';
import type { FeatureExtractor } from '../../src/models/extractor.js';
import type { ExtractorCard } from '../../src/models/extractorCard.js';

/** An extractor that computes in no time: mean colors of the quarters of a picture, 12 values of length 1. */
export function tinyExtractor(): FeatureExtractor {
  return {
    name: 'tiny',
    digest: '0123456789abcdef'.repeat(4),
    latentSize: 12,
    latentSpace: 'sphere',
    styleSize: 0,
    imageShape: [2, 2, 3],
    seen: { name: 'noise' },
    describe: () => ['mean colors'],
    embed: async (pictures) =>
      fitPictures(pictures, [2, 2, 3]).map((fitted) => {
        const values = fitted().map((value) => value + 0.1);
        return values.map((value) => value / Math.hypot(...values));
      }),
    dispose: () => {},
  };
}

/** The card of a head on its features. */
export const tinyHeadCard = (): ExtractorCard => ({
  name: 'tiny-head',
  features: { name: 'tiny', sha256: tinyExtractor().digest },
  data: { name: 'noise', images: 10, classes: ['a', 'b'] },
  license: 'MIT',
  command: 'fewshot train',
  scores: {},
  versions: { 'fewshot-atnl': '0.0.0' },
});

/** A head from its 12 features to codes of four values. */
export const tinyHead = () => ({
  center: Float32Array.from({ length: 12 }, (_, i) => (i % 3) / 10),
  kernel: Float32Array.from({ length: 48 }, (_, i) => Math.sin(i)),
  latentSize: 4,
});
