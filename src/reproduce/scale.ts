import type { DatasetName } from '../produce/index.js';

/** Data that exhibits train encoders on. */
export const exhibitData = ['mnist', 'faces-stand-in', 'lines'] as const satisfies readonly DatasetName[];
export type ExhibitData = (typeof exhibitData)[number];

/** How much work a reproduction does. */
export interface Scale {
  readonly name: 'full' | 'quick';
  /** Encoders of each kind, by the seed that each is trained with. */
  readonly seeds: readonly number[];
  /** Filters of the nets' convolutions, as a share of those that suit the data. */
  readonly filters: number;
  /** Passes over the train images. */
  readonly epochs: Readonly<Record<ExhibitData, number>>;
  /** Train images; all where it is absent. */
  readonly limit?: number;
  /** Images of a training step. */
  readonly batchSize: number;
  /** Adam's learning rate at the start of a training. */
  readonly learningRate: number;
  /** Test images; all where it is absent. */
  readonly tests?: number;
  /** Test images in a map. */
  readonly points: number;
  /** Steps of t-SNE. */
  readonly iterations: number;
  /** Batches that the classifier of Figure 6 learns from; its own choice where it is absent. */
  readonly judgeSteps?: number;
  /** Pairs between which interpolations are scored. */
  readonly pairs: number;
  /** Few-shot problems that each arm is judged on. */
  readonly episodes: number;
  /** Query images per class of each; `all` that the test set holds. */
  readonly queries: number | 'all';
  /** Whether rendered data sets come at a quarter of their size. */
  readonly small: boolean;
}

/** The figures of the documentation. */
export const full: Scale = {
  name: 'full',
  seeds: [1, 2, 3],
  filters: 1,
  epochs: { mnist: 6, 'faces-stand-in': 12, lines: 25 },
  batchSize: 128,
  learningRate: 1e-3,
  points: 1500,
  iterations: 1000,
  pairs: 256,
  episodes: 20,
  queries: 'all',
  small: false,
};

/**
 * True, but small: to see in minutes that everything works. Digits get most of the training, because Figure 6 shows them.
 * Small nets, small batches and large steps go a long way with few images.
 */
export const quick: Scale = {
  name: 'quick',
  seeds: [1],
  filters: 0.5,
  epochs: { mnist: 8, 'faces-stand-in': 2, lines: 1 },
  limit: 4000,
  batchSize: 64,
  learningRate: 3e-3,
  tests: 1000,
  points: 300,
  iterations: 300,
  judgeSteps: 200,
  pairs: 32,
  episodes: 1,
  queries: 20,
  small: true,
};
