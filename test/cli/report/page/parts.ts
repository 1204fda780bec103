import type { ReportParts, ShownEvaluation } from '../../../../src/cli/report/page/pageParts.js';
import type { LabeledImage } from '../../../../src/core/image.js';
import type { ArmResult, Comparison } from '../../../../src/evaluate/result.js';
import { noFindings } from '../../../../src/node/images/findings.js';

export const image = (label: string, value = 0.5): LabeledImage => ({
  pixels: new Float32Array(16).fill(value),
  shape: [4, 4, 1],
  label,
});

export const arm = (name: string, episodes: readonly number[], more: Partial<ArmResult> = {}): ArmResult => ({
  ...{ arm: name, classifier: 'knn', k: 1, episodes },
  mean: episodes.reduce((sum, value) => sum + value, 0) / episodes.length,
  ci95: episodes.length === 1 ? null : 0.02,
  ...more,
});

export const versus = (
  name: string,
  against: string,
  difference: number,
  ci95: number | null,
  classifier: 'knn' | 'cnn' = 'knn',
): Comparison => ({ arm: name, against, classifier, difference, ci95 });

/** An evaluation of two classes: slerp against the real images and affine. */
export const evaluation: ShownEvaluation = {
  ...{ command: 'fewshot eval --data pets', seed: 1, backend: 'wasm', versions: { 'fewshot-atnl': '9.8.7' } },
  ...{ data: 'pets', split: 'test', protocol: 'disjoint', model: { name: 'pets', sha256: 'f00' } },
  ...{ ways: 2, shots: 5, queries: 400, classes: ['cat', 'dog'] },
  ...{ cnn: 'fast', cnnSteps: 100, seconds: 12 },
  results: [
    arm('none', [0.7, 0.72], {
      confusion: [
        [150, 50],
        [66, 134],
      ],
    }),
    arm('affine', [0.8, 0.82], {
      confusion: [
        [160, 40],
        [36, 164],
      ],
    }),
    arm('lerp', [0.75, 0.77], {
      confusion: [
        [155, 45],
        [50, 150],
      ],
    }),
    arm('atnl', [0.76, 0.76], {
      confusion: [
        [170, 30],
        [66, 134],
      ],
    }),
  ],
  comparisons: [
    versus('affine', 'none', 0.1, 0.01),
    versus('lerp', 'none', 0.05, 0.06),
    versus('lerp', 'affine', -0.05, 0.06),
    versus('atnl', 'none', 0.05, 0.01),
    versus('atnl', 'affine', -0.05, 0.2),
  ],
};

/** A whole report of them. */
export const parts: ReportParts = {
  ...{
    command: 'fewshot report --data pets',
    seed: 1,
    backend: 'wasm',
    versions: { 'fewshot-atnl': '9.8.7' },
  },
  title: 'pets',
  data: {
    name: 'pets',
    found: {
      images: 24,
      classes: [
        { label: 'cat', images: { all: 12 } },
        { label: 'dog', images: { all: 12 } },
      ],
      ...{ ...noFindings, sides: [40, 90], coloured: 24, duplicates: [] },
      samples: [[image('cat')], [image('dog')]],
    },
    notes: ['Four are held out.'],
    checked: true,
  },
  encoder: {
    card: {
      ...{ name: 'pets', learner: 'atnl', protocol: 'paper', command: 'fewshot train --data pets', seed: 3 },
      architecture: {
        ...{ kind: 'convolutional', imageShape: [4, 4, 1], latentSize: 4, latentSpace: 'sphere' },
        ...{ filters: [4], kernelSize: 4 },
      },
      data: { name: 'pets', split: 'train', images: 20, classes: ['cat', 'dog'], labelled: true },
      ...{ epochs: 2, batchSize: 8, learningRate: 0.001, shift: 0, objective: { margin: 1 } },
      ...{ scores: { 'KNN on codes, k = 10, test accuracy': 0.9 }, versions: { tfjs: '4.22.0' } },
    },
    digest: 'ab'.repeat(32),
  },
  map: {
    ...{
      method: 't-SNE',
      trustworthiness: 0.95,
      leftOut: 0,
      command: 'fewshot embed --data pets --out map.json',
    },
    figure: {
      ...{ title: 't-SNE of codes: pets', classes: ['cat', 'dog'], colors: 'categorical' },
      panels: [
        {
          title: 'pets',
          points: [
            [0, 0],
            [1, 1],
          ],
          labels: [0, 1],
        },
      ],
    },
  },
  hallucinations: {
    ...{ path: 'slerp', omegas: [0.5], detail: 0, leftOut: 0, command: 'fewshot interpolate --data pets' },
    rows: [{ label: 'cat', from: image('cat', 0), made: [image('cat')], to: image('cat', 1) }],
  },
  evaluation,
};
