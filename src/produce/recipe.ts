import type { Label } from '../core/index.js';
import type { Fit } from '../data/index.js';
import type { Architecture, LearnerName, LearnerOptions } from '../models/index.js';
import type { TrainingSetOptions } from './trainingSet.js';

/** Everything that the weights depend on. */
export interface TrainingRecipe extends TrainingSetOptions {
  /** Name of a data set, or what one's own images are called. */
  readonly data: string;
  /** Of one's own images: SHA-256 of their pixels and labels, and how they came into their shape. */
  readonly own?: { readonly digest: string; readonly fit: Fit };
  /** The model that training begins with. Default: random weights. */
  readonly from?: { readonly name: string; readonly sha256: string };
  /** The nets. Where codes lie, and whether the encoder gives distributions, is the learner's choice. */
  readonly architecture: Architecture;
  readonly learner: LearnerName;
  /** Options of that learner. Default: its own, with the semantics of the data's labels. */
  readonly options?: LearnerOptions[LearnerName];
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Folder of fonts whose glyphs are learnt beside the data's classes, or alone where they are the data. Default: none. */
  readonly fonts?: string;
  /** Images of one class that stand together in a batch. Default 1: a random order. */
  readonly groupSize?: number;
  /** Codes of each class that the file keeps beside the weights, of a seeded choice of images; 0 for none. */
  readonly base: number;
  /** Train on these classes only; default all. */
  readonly classes?: readonly Label[];
  /** Train on the first so many images (of those classes) only; default all. */
  readonly limit?: number;
}
