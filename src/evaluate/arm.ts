import type { ImageSet, LabeledImage } from '../core/index.js';
import type { Model } from '../models/index.js';

/** What arms are told of an evaluation. */
export interface EnlargeOptions {
  readonly model: Model;
  /** Images to add per class. */
  readonly perClass: number;
  /** Share of hallucinations, in [0, 1]. */
  readonly mix: number;
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
  /** What a KNN compares queries with: the support set, and what was made of it. */
  references(): LabeledImage[];
  /** What a CNN trains on, in order: at least as many images as the plan takes. */
  training(plan: TrainingPlan): Iterable<LabeledImage>;
}

/** One way to enlarge a support set. */
export interface Arm {
  readonly name: string;
  enlarge(support: ImageSet, options: EnlargeOptions): EnlargedSupport;
}
