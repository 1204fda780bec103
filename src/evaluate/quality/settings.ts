import type { PathName } from '../../augment/index.js';
import type { BackendName } from '../../backend/index.js';
import type { CnnPresetName } from '../../classify/index.js';

/** Neighbours that the balls of precision, recall, density and coverage reach to. */
export const NEIGHBOURS = 5;

/** Everything that figures of quality depend on beside the data, and nothing else. */
export interface QualitySettings {
  /** Name of the data. */
  readonly data: string;
  /** Shipped names or paths of the models, as they were given; their files differ in name. */
  readonly models: readonly string[];
  /** Paths to hallucinate along. A model leaves out those that its codes do not allow. */
  readonly paths: readonly PathName[];
  /** Real images per class that hallucinations are made of. */
  readonly shots: number;
  /** Images of each row and class; as many test images are their reference for precision, recall, density and coverage. */
  readonly perClass: number;
  /** Support sets to average over. */
  readonly episodes: number;
  /** Draw hallucinations anew that look like another class, as the arm `transport` of `fewshot eval` does. */
  readonly labelCheck: boolean;
  /** The net of the two accuracy scores. */
  readonly cnn: CnnPresetName;
  /** Batches that it learns from. Default: the preset's. */
  readonly cnnSteps?: number;
  /** The judge learns from the first so many train images. Default: a third of them. */
  readonly judgeImages?: number;
  /** Batches that the judge learns from. Default: that of `heldOutClassifier`. */
  readonly judgeSteps?: number;
  readonly seed: number;
  readonly backend: BackendName;
}

/** What a default run measures. */
export const defaultQuality = {
  data: 'mnist',
  models: ['mnist'],
  paths: ['slerp', 'lerp', 'transport'],
  shots: 5,
  perClass: 100,
  episodes: 4,
  labelCheck: false,
  cnn: 'fast',
  seed: 1,
} as const;
