import type { ShownEvaluation } from '../../../../src/cli/report/page/pageParts.js';
import type { PhotosParts } from '../../../../src/cli/report/page/photosPage.js';
import type { ArmResult } from '../../../../src/evaluate/result.js';
import { estimate } from '../../../../src/evaluate/statistics.js';
import { parts } from './parts.js';

/** A row whose accuracies are these. */
export const row = (
  arm: string,
  classifier: ArmResult['classifier'],
  episodes: readonly number[],
  more: Partial<ArmResult> = {},
): ArmResult => ({
  ...{ arm, classifier, k: classifier === 'knn' ? 1 : null, episodes, ...estimate(episodes) },
  confusion: [
    [38, 2, 0],
    [1, 39, 0],
    [0, 4, 36],
  ],
  ...more,
});

/** Three things, four photos of each to learn from; hallucinated codes help the KNN. */
export const photos: ShownEvaluation = {
  ...{ command: 'fewshot eval --data tools --model photos', seed: 1, backend: 'wasm' },
  versions: { 'fewshot-atnl': '9.8.7' },
  ...{ data: 'tools', split: 'all', protocol: 'novel', model: { name: 'photos', sha256: 'f00' } },
  ...{ ways: 3, shots: 4, queries: 3, classes: ['gear', '<nut>', 'saw'], seconds: 3 },
  features: { images: 15 },
  results: [
    row('codes', 'prototypes', [0.93, 0.95, 0.94]),
    row('codes', 'knn', [0.9, 0.91, 0.92]),
    row('codes+mean', 'prototypes', [0.93, 0.95, 0.95]),
    row('codes+mean', 'knn', [0.92, 0.935, 0.94]),
  ],
  comparisons: [],
  curve: [
    {
      ...{ arm: 'codes', classifier: 'prototypes', episodes: 3 },
      points: [
        { shots: 1, mean: 0.8, ci95: 0.02 },
        { shots: 2, mean: 0.85, ci95: 0.02 },
        { shots: 4, mean: 0.94, ci95: 0.01 },
      ],
    },
  ],
  mistakes: {
    ...{ arm: 'codes+mean', classifier: 'prototypes' },
    pictures: [
      { image: 'saw/4.jpg', truth: 'saw', predicted: '<nut>', times: 3, of: 8 },
      { image: 'gear/1.jpg', truth: 'gear', predicted: '<nut>', times: 2, of: 9 },
      { image: 'saw/2.jpg', truth: 'saw', predicted: '<nut>', times: 1, of: 8 },
      { image: '<nut>/3.jpg', truth: '<nut>', predicted: 'gear', times: 1, of: 7 },
    ],
  },
};

/** A whole report of them. One of the pictures lacks. */
export const photosParts: PhotosParts = {
  ...parts,
  command: 'fewshot report --data tools --model photos',
  title: 'tools',
  data: { ...parts.data, name: 'tools', found: { ...parts.data.found, tested: 1000 } },
  extractor: { name: 'photos', digest: 'cd'.repeat(32), lines: ['network   small', 'seen      things'] },
  evaluation: photos,
  pictures: new Map(
    ['saw/4.jpg', 'gear/1.jpg', '<nut>/3.jpg'].map((name, i) => [
      name,
      { pixels: new Float32Array(6 * 4 * 3).fill(i / 4), shape: [6, 4, 3] as const },
    ]),
  ),
  next: [['Take more photos, then', 'fewshot report --data tools']],
  program: "const extractor = await loadExtractor('photos');",
};
