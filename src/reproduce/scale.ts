import type { DatasetName } from '../produce/index.js';

/** How much work a reproduction does. */
export interface Scale {
  readonly name: 'full' | 'quick';
  /** Encoders of each kind, by the seed that each is trained with. */
  readonly seeds: readonly number[];
  /** Passes over the train images. */
  readonly epochs: Readonly<Record<DatasetName, number>>;
  /** Train images; all where it is absent. */
  readonly limit?: number;
  /** Test images in a map. */
  readonly points: number;
  /** Steps of t-SNE. */
  readonly iterations: number;
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
  epochs: { mnist: 6, 'fashion-mnist': 6, 'faces-stand-in': 12, lines: 25 },
  points: 1500,
  iterations: 1000,
  pairs: 256,
  episodes: 20,
  queries: 'all',
  small: false,
};

/** True, but small: to see on any machine that everything works. */
export const quick: Scale = {
  name: 'quick',
  seeds: [1],
  epochs: { mnist: 2, 'fashion-mnist': 2, 'faces-stand-in': 2, lines: 2 },
  limit: 4000,
  points: 300,
  iterations: 300,
  pairs: 32,
  episodes: 1,
  queries: 20,
  small: true,
};
