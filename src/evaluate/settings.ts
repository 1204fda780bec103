import type { PipelineJSON } from '../augment/pipeline/pipeline.js';
import { type CnnPresetName, cnnPresets } from '../classify/cnnPresets.js';
import type { KnnEngineName } from '../classify/knnEngine.js';
import { UsageError } from '../core/errors.js';
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
  /** Data that episodes are drawn from: `mnist`, `fashion-mnist`, `omniglot`, or the path of your own images. */
  readonly data: string;
  /** Folder of the data's four IDX files, default that of its loader; or of Omniglot's alphabets. */
  readonly dataDir?: string;
  /** Folder of runs of the one-shot test, in the layout of Omniglot's `all_runs`. Needed under `one-shot`, and allowed there alone. */
  readonly runs?: string;
  /** Draw the classes of an episode from one folder of classes. Default: from all. */
  readonly within?: boolean;
  /** Shape of your own images. Needed under `shots-only` alone, where no model tells it. */
  readonly shape?: ImageShape;
  /** Source of queries: the test set, or validation images, on which settings are tuned. */
  readonly split: 'test' | 'validation';
  /** Rule about what the encoder may have seen. The cards of the model and the teachers are checked against it. */
  readonly protocol: ProtocolName;
  /** Classes of an episode. The runs of `one-shot` have their own ways, shots and queries, and are the episodes. */
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

/** Settings of an evaluation by codes of a model of features. */
export interface CodeEvaluationSettings extends OwnDataOptions {
  /** Path of your own images. */
  readonly data: string;
  /** Source of queries, where the data name splits. Default `test`. */
  readonly split?: 'test' | 'validation';
  /** Rule about what the model may have seen. Default `novel`: no class that it was trained on is judged. */
  readonly protocol?: CodeProtocolName;
  /** Classes of an episode. Default: all; with `unknown`, four in five. */
  readonly ways?: number;
  /** Support images of each class. Default: as many as each class can spare, up to 5. */
  readonly shots?: number;
  /** Query images of each class: fewer where a class has fewer. Default: 15. */
  readonly queries?: number | 'all';
  /** Default: 100. */
  readonly episodes?: number;
  /** Names of arms, of `codeArmNames`. Default: those that need no base codes. */
  readonly arms?: readonly string[];
  /** Default: all. */
  readonly classifiers?: readonly CodeClassifierName[];
  /** Judge the KNN on unknown classes, too, which are those that an episode leaves out. Default `false`. */
  readonly unknown?: boolean;
  /** Neighbors of the KNN. Default: 1. */
  readonly k?: number;
  readonly knnEngine?: KnnEngineName;
  /** Codes that an arm hallucinates per class; a head learns from up to 20 of them. Default: 100. */
  readonly perClass?: number;
  /** Default: 1. */
  readonly seed?: number;
}

/** Protocols under which a model of features can be judged. */
export const codeProtocolNames = ['novel', 'paper'] as const satisfies readonly ProtocolName[];
export type CodeProtocolName = (typeof codeProtocolNames)[number];

/** The settings of an evaluation by codes with all that they leave open. */
export type CompleteCodeSettings = CodeEvaluationSettings &
  Required<Omit<CodeEvaluationSettings, keyof OwnDataOptions | 'unknown'>>;

/** Settings of a default run by codes. Arms, ways and shots are chosen by the data and the model. */
export const defaultCodeSettings = {
  split: 'test',
  protocol: 'novel',
  queries: 15,
  episodes: 100,
  classifiers: codeClassifierNames,
  k: 1,
  knnEngine: 'exact',
  perClass: 100,
  seed: 1,
} as const;

/** Throws a `UsageError` where a KNN asks more neighbors than there are references. */
export function assertNeighbors(k: number, ways: number, shots: number): void {
  if (k <= ways * shots) return;
  throw new UsageError(`k is ${k}, but ${ways} ways × ${shots} shots give ${ways * shots} references`, {
    hint: `Choose k of at most ${ways * shots}, or more shots.`,
    option: ['k', 'ways', 'shots'],
  });
}

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
