import type { CnnOptions } from '../../classify/cnn.js';
import type { ImageSet, LabeledImage } from '../../core/image.js';
import type { Model } from '../../models/model.js';
import type { ClassifierName } from '../settings.js';

/** What arms are told of an evaluation. */
export interface EnlargeOptions {
  readonly model: Model;
  /** Encoders beside the model whose opinion counts in labels, for arms that ask for it. */
  readonly teachers: readonly Model[];
  /** Images to add per class. */
  readonly perClass: number;
  /** Share of hallucinations, in [0, 1]. */
  readonly mix: number;
  /** Share of a label that the encoder's opinion gets, in [0, 1], for arms that ask for it. */
  readonly trust: number;
  /** Share of what decoding loses of a parent that is laid back over hallucinations, in [0, 1]. */
  readonly detail: number;
  /** Seed of the episode: the same for every arm. */
  readonly seed: number;
}

/** How a CNN is going to train. */
export interface TrainingPlan {
  readonly steps: number;
  /** Images of each step. */
  readonly batchSize: number;
}

/** What classifiers learn from in one episode. */
export interface EnlargedSupport {
  /** How a CNN learns from it, where the preset's way does not suit its labels. */
  readonly recipe?: Pick<CnnOptions, 'labelSmoothing' | 'dropout'>;
  /** What a KNN compares queries with: the support set, and what was made of it. */
  references(): LabeledImage[];
  /** What a CNN trains on, in order: at least as many images as the plan takes. */
  training(plan: TrainingPlan): Iterable<LabeledImage>;
}

/** One way to enlarge a support set. */
export interface Arm {
  readonly name: string;
  /** Throws a `UsageError` when the arm asks for what the model or a teacher lacks. */
  check?(model: Model, teachers: readonly Model[]): void;
  enlarge(support: ImageSet, options: EnlargeOptions): EnlargedSupport;
}

/** A way to classify queries without a classifier being trained on images: something to hold arms against. */
export interface ReferenceArm {
  readonly name: string;
  /** Throws a `UsageError` when the arm asks for what the model or a teacher lacks. */
  check(model: Model, teachers: readonly Model[]): void;
  /** For each classifier what stands in its place: a class for each query, as an index into the set's classes. */
  readonly judge: Readonly<
    Record<
      ClassifierName,
      (
        support: ImageSet,
        query: ImageSet,
        options: { readonly model: Model; readonly teachers: readonly Model[]; readonly k: number },
      ) => Promise<Int32Array>
    >
  >;
}
