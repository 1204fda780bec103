import type { PipelineJSON } from '../augment/pipeline/pipeline.js';
import type { CnnPresetName } from '../classify/convNet.js';
import type { KnnEngineName } from '../classify/knnEngine.js';
import type { ImageShape } from '../core/image.js';
import type { Fit } from '../data/resize.js';
import type { BackendName } from '../node/selectBackend.js';
import type { ProtocolName } from './protocols.js';

/** A pipeline that is an arm of an evaluation. */
export interface NamedPipeline {
  /** Name of the arm; not one of `armNames`. */
  readonly name: string;
  readonly pipeline: PipelineJSON;
  /** Where it was read from, for the command that makes a result again. Default: `<name>.json`. */
  readonly file?: string;
}

/** A classifier that arms are judged by. */
export type ClassifierName = 'knn' | 'cnn';

/** Everything that the figures of an evaluation depend on, and nothing else. */
export interface EvaluationSettings {
  /** What episodes are drawn from: `mnist`, `fashion-mnist`, or the path of images of one's own. */
  readonly data: string;
  /** Folder of the data's four IDX files. Default: where its loader looks by itself. */
  readonly dataDir?: string;
  /** Shape of one's own images where no model says it, which is under `shots-only`. */
  readonly shape?: ImageShape;
  /** How one's own images come into the shape. Default: as the model's card says, else they must have it. */
  readonly fit?: Fit;
  /** Pass over images of one's own that cannot be read. Default: the first is an error. */
  readonly skipBad?: boolean;
  /** Where queries come from: the test set, or validation images, on which settings are tuned. */
  readonly split: 'test' | 'validation';
  /** What the encoder may have seen. Another encoder is refused by what its card says. */
  readonly protocol: ProtocolName;
  readonly ways: number;
  readonly shots: number;
  readonly queries: number | 'all';
  readonly episodes: number;
  readonly arms: readonly string[];
  /** Arms that come after those. Default: none. */
  readonly pipelines?: readonly NamedPipeline[];
  readonly classifiers: readonly ClassifierName[];
  readonly cnn: CnnPresetName;
  /** Batches that the CNN trains on. Default: the preset's. */
  readonly cnnSteps?: number;
  /** Batches that the encoder of an episode trains on, where the protocol has one trained. Default: the protocol's. */
  readonly encoderSteps?: number;
  /** Neighbours of the KNN. */
  readonly k: number;
  readonly knnEngine: KnnEngineName;
  /** Shipped name or path of the model. It is not looked at where the protocol has an encoder trained in each episode. */
  readonly model: string;
  /**
   * Images that an arm adds per class for the KNN, and hallucinations per class for the CNN to draw from. How many a
   * pipeline makes is said by its steps instead.
   */
  readonly perClass: number;
  /** Share of hallucinations in each batch of the CNN, in [0, 1]. */
  readonly mix: number;
  /** Share of a label that the encoder's opinion gets in arms that end in `+labels`, in [0, 1]. */
  readonly trust: number;
  /** Shipped names or paths of encoders beside the model whose opinion counts in those labels. Default: none. */
  readonly teachers?: readonly string[];
  /** Share of what decoding loses of a parent that is laid back over hallucinations, in [0, 1]. Default: 0. */
  readonly detail?: number;
  readonly seed: number;
  readonly backend: BackendName;
}

/** What a default run evaluates. */
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
