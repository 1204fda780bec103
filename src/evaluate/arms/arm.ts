import { latentPath, type PathName } from '../../augment/paths.js';
import type { CnnOptions } from '../../classify/cnn.js';
import type { Features } from '../../classify/knnEngine.js';
import type { Background } from '../../core/background.js';
import type { ImageSet, LabeledImage } from '../../core/image.js';
import type { Model } from '../../models/model.js';
import type { ImageClassifierName } from '../settings.js';

/** Name and words of an arm, and its part in tables and reports. */
export interface ArmTexts {
  readonly name: string;
  /** Short description for readers who do not know the name. */
  readonly title: string;
  /** True if an evaluation that names no arms has it. Default `false`. */
  readonly isDefault?: boolean;
  /** True for a reference: all arms are compared with it but itself and earlier references. Default `false`. */
  readonly isReference?: boolean;
}

/** Facts about an arm that do not depend on data. */
export interface ArmFacts {
  /** True if a model decodes images of it. */
  readonly hallucinates: boolean;
  /** Latent paths that it hallucinates along. */
  readonly paths: readonly PathName[];
  /** Images of a class that its latent path needs; 1 for an arm without a path. */
  readonly samplesNeeded: number;
  /** True if the model's codes need a style part. */
  readonly needsStyle: boolean;
  /** True if the model needs base codes. */
  readonly needsBase: boolean;
  /** True if it asks the model and its teachers for labels. */
  readonly asksTeachers: boolean;
  /** Throws a `UsageError` when the arm needs something that the model or a teacher lacks. */
  check?(model: Model, teachers: readonly Model[]): void;
}

/** Facts about an arm that hallucinates along these paths; of an arm that hallucinates nothing for none. */
export function factsOfPaths(names: readonly PathName[]): Omit<ArmFacts, 'asksTeachers'> {
  const paths = names.map(latentPath);
  return {
    hallucinates: paths.length > 0,
    paths: names,
    samplesNeeded: Math.max(1, ...paths.map((path) => path.samplesNeeded)),
    needsStyle: paths.some(({ styled }) => styled === true),
    needsBase: paths.some(({ baseNeeded }) => baseNeeded > 0),
  };
}

/** An arm that enlarges a support set, from which classifiers then learn. */
export interface ImageArm extends ArmTexts, ArmFacts {
  enlarge(support: ImageSet, options: EnlargeOptions): EnlargedSupport;
}

/** An arm that makes no images and trains no classifier on any: it compares codes. */
export interface CodeArm extends ArmTexts, ArmFacts {
  /** What the KNN compares of a set. */
  features(set: ImageSet, options: CodeArmOptions): Features;
  /** What it compares queries with: first what is of real images, of which there are `embedded`. Default: features of the support set. */
  learn?(support: ImageSet, options: CodeArmOptions): Features & { readonly embedded: number };
  /** Stand-ins for the classifiers: each gives the class of each query, as an index into the set's classes. */
  readonly judge: Readonly<
    Record<
      ImageClassifierName,
      (support: ImageSet, query: ImageSet, options: CodeArmOptions) => Promise<Int32Array>
    >
  >;
}

/** Settings of an evaluation that arms of codes depend on. */
export interface CodeArmOptions
  extends Pick<EnlargeOptions, 'model' | 'teachers' | 'perClass' | 'background' | 'seed'> {
  /** Neighbors of the KNN. */
  readonly k: number;
}

/** One row of an evaluation: a way to make use of a support set. */
export type Arm = ImageArm | CodeArm;

/** True if classifiers learn from images of the arm. */
export const makesImages = (arm: Arm): arm is ImageArm => 'enlarge' in arm;

/** Settings of an evaluation that arms depend on. */
export interface EnlargeOptions {
  readonly model: Model;
  /** Encoders whose similarities count in soft labels beside the model's, for arms that ask for them. */
  readonly teachers: readonly Model[];
  /** Images to add per class. */
  readonly perClass: number;
  /** Share of hallucinations, in [0, 1]. */
  readonly mix: number;
  /** Distillation weight: share of a label that the encoders give, in [0, 1], for arms that ask them. */
  readonly trust: number;
  /** Share of its parent's residual that is added to a hallucination, in [0, 1]. */
  readonly detail: number;
  /** Pixels beyond the border of images that transforms move. */
  readonly background: Background;
  /** Seed of the episode: the same for every arm. */
  readonly seed: number;
}

/** Length of a CNN's training. */
export interface TrainingPlan {
  readonly steps: number;
  /** Images of each step. */
  readonly batchSize: number;
}

/** Images that classifiers learn from in one episode. */
export interface EnlargedSupport {
  /** Changes to the CNN's recipe, where the preset's does not suit the labels. */
  readonly recipe?: Pick<CnnOptions, 'labelSmoothing' | 'dropout'>;
  /** Images that a KNN compares queries with: the support set, and those made of it. */
  references(): LabeledImage[];
  /** Images that a CNN trains on, in order: at least as many as the plan takes. */
  training(plan: TrainingPlan): Iterable<LabeledImage>;
}
