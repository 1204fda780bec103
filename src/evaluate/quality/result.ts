import type { PathName } from '../../augment/index.js';
import type { BackendName } from '../../backend/index.js';
import type { Estimate, Proportion } from '../statistics.js';
import type { QualityMeasure } from './measures.js';

/** Version of the JSON that measurements of quality write. */
export const QUALITY_SCHEMA = 'fewshot.quality/1';

/** Where the images of a row come from. */
export interface QualityRow {
  /** Name of the model; `null` for real images. */
  readonly model: string | null;
  /** The latent path, or `real`: other train images of the same classes, for comparison. */
  readonly path: PathName | 'real';
}

/** One row judged by one measure: mean over episodes, and half its 95 % interval. */
export interface QualityFigure extends QualityRow, Estimate {
  readonly measure: QualityMeasure;
  /** What each episode gave, in order. */
  readonly episodes: readonly number[];
  /** Of `labelPreservation`: the share over the images of all episodes, with Wilson's interval. */
  readonly pooled?: Proportion;
}

/** Mean difference of a row to the slerp of the first model that has it, over the same episodes. */
export interface QualityComparison extends QualityRow {
  readonly against: QualityRow;
  readonly measure: QualityMeasure;
  readonly difference: number;
  readonly ci95: number | null;
}

/** A measurement of quality as JSON. All but `seconds` depends on data, settings, versions and backend alone. */
export interface QualityResult {
  readonly schema: typeof QUALITY_SCHEMA;
  /** The command that makes these figures again. */
  readonly command: string;
  readonly seed: number;
  readonly backend: BackendName;
  readonly versions: Readonly<Record<string, string>>;
  readonly data: string;
  readonly models: readonly {
    readonly name: string;
    readonly learner: string;
    readonly sha256: string;
    /** What the encoder has seen, as its card says. */
    readonly protocol: string;
  }[];
  readonly ways: number;
  readonly shots: number;
  readonly perClass: number;
  readonly labelCheck: boolean;
  /** Test images, all classes together: of FLD and of the accuracy scores. */
  readonly testImages: number;
  /** Neighbours that a ball reaches to, for precision, recall, density and coverage. */
  readonly k: number;
  /** Pairs of each episode, and images of each path, for `largestStep`. */
  readonly interpolations: { readonly pairs: number; readonly steps: number };
  readonly cnn: string;
  /** Batches that the CNN learnt from. */
  readonly cnnSteps: number;
  readonly judge: {
    /** Train images that it learnt from. */
    readonly images: number;
    /** Share of the test images that it puts into their class: how far it can be trusted. */
    readonly accuracy: number;
  };
  /** Accuracy of the CNN that learnt from the support set alone: what NAS is to be compared with. */
  readonly supportAlone: Estimate & { readonly episodes: readonly number[] };
  /** Rows that were left out, and why. */
  readonly skipped: readonly (QualityRow & { readonly why: string })[];
  readonly results: readonly QualityFigure[];
  readonly comparisons: readonly QualityComparison[];
  readonly seconds: number;
}
