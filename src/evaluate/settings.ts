import type { PipelineJSON } from '../augment/pipeline/pipeline.js';
import { type CnnPresetName, cnnPresets } from '../classify/cnnPresets.js';
import type { KnnEngineName } from '../classify/knnEngine.js';
import type { ImageShape } from '../core/image.js';
import type { OwnDataOptions } from '../node/images/ownData.js';
import type { BackendName } from '../node/selectBackend.js';
import type { ProtocolName } from './protocols.js';

/** A pipeline that is an arm of an evaluation. */
export interface NamedPipeline {
  /** Name of the arm; not one of `armNames`. */
  readonly name: string;
  readonly pipeline: PipelineJSON;
  /** File that it was read from, for the command that reproduces a result. Default: `<name>.json`. */
  readonly file?: string;
}

/** A classifier of images that arms are judged by. */
export type ImageClassifierName = 'knn' | 'cnn';

/** Classifiers of codes that arms are judged by, in the order of tables. */
export const codeClassifierNames = ['prototypes', 'knn', 'head'] as const;
export type CodeClassifierName = (typeof codeClassifierNames)[number];

/** A classifier that rows of a result are of. */
export type ClassifierName = ImageClassifierName | CodeClassifierName;

/** Settings that the figures of an evaluation depend on, and no others. */
export interface EvaluationSettings extends OwnDataOptions {
  /** Data that episodes are drawn from: `mnist`, `fashion-mnist`, or the path of your own images. */
  readonly data: string;
  /** Folder of the data's four IDX files. Default: that of its loader. */
  readonly dataDir?: string;
  /** Shape of your own images. Needed under `shots-only` alone, where no model tells it. */
  readonly shape?: ImageShape;
  /** Source of queries: the test set, or validation images, on which settings are tuned. */
  readonly split: 'test' | 'validation';
  /** Rule about what the encoder may have seen. The cards of the model and the teachers are checked against it. */
  readonly protocol: ProtocolName;
  /** Classes of an episode. */
  readonly ways: number;
  /** Support images of each class. */
  readonly shots: number;
  /** Query images of each class. */
  readonly queries: number | 'all';
  readonly episodes: number;
  /** Names of arms, of `armNames`. */
  readonly arms: readonly string[];
  /** Pipelines as further arms. Default: none. */
  readonly pipelines?: readonly NamedPipeline[];
  readonly classifiers: readonly ImageClassifierName[];
  /** Judge the KNN on unknown classes, too, which are those that an episode leaves out. Default: only on its own. */
  readonly unknown?: boolean;
  readonly cnn: CnnPresetName;
  /** Batches that the CNN trains on. Default: the preset's. */
  readonly cnnSteps?: number;
  /** Batches that the encoder of an episode trains on, under a protocol that trains one. Default: the protocol's. */
  readonly encoderSteps?: number;
  /** Neighbours of the KNN. */
  readonly k: number;
  readonly knnEngine: KnnEngineName;
  /** Shipped name or path of the model. Ignored under a protocol that trains an encoder in each episode. */
  readonly model: string;
  /**
   * Images that an arm adds per class for the KNN, and hallucinations per class for the CNN to draw from. Pipelines go by
   * their steps instead.
   */
  readonly perClass: number;
  /** Share of hallucinations in each batch of the CNN, in [0, 1]. */
  readonly mix: number;
  /** Distillation weight: share of a label that the encoders give, in [0, 1], in arms that ask them. */
  readonly trust: number;
  /** Shipped names or paths of encoders that give those labels together with the model. Default: none. */
  readonly teachers?: readonly string[];
  /** Share of its parent's residual that is added to a hallucination, in [0, 1]. Default: 0. */
  readonly detail?: number;
  readonly seed: number;
  readonly backend: BackendName;
}

/** Settings of a default run. */
export const defaultSettings = {
  data: 'mnist',
  split: 'test',
  protocol: 'paper',
  ways: 10,
  shots: 5,
  queries: 'all',
  episodes: 4,
  classifiers: ['knn', 'cnn'],
  cnn: 'fast',
  k: 1,
  knnEngine: 'exact',
  model: 'mnist',
  perClass: 100,
  mix: 0.5,
  trust: 0.5,
  seed: 1,
} as const;

/** Settings that a result names; `detail` is absent for 0. */
export interface RecordedSettings
  extends Pick<EvaluationSettings, 'perClass' | 'mix' | 'trust' | 'detail' | 'knnEngine'> {
  readonly cnn: string;
  /** Batches that the CNN trained on. */
  readonly cnnSteps: number;
}

/** Returns what a result names of its settings, in the order of its keys. */
export function recordedSettings(settings: EvaluationSettings): RecordedSettings {
  const { perClass, mix, trust, detail = 0, cnn, knnEngine } = settings;
  const cnnSteps = settings.cnnSteps ?? cnnPresets[cnn].recipe.steps;
  return { perClass, mix, trust, ...(detail === 0 ? {} : { detail }), cnn, cnnSteps, knnEngine };
}
