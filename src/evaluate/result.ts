import type { BackendName } from '../backend/index.js';
import type { KnnEngineName } from '../classify/index.js';
import type { Label } from '../core/index.js';
import type { PipelineJSON } from '../pipeline/index.js';
import type { ClassifierName } from './settings.js';

/** Version of the JSON that evaluations write. */
export const EVAL_SCHEMA = 'fewshot.eval/1';

/** One arm judged by one classifier. Accuracies are in [0, 1]. */
export interface ArmResult {
  readonly arm: string;
  readonly classifier: ClassifierName;
  /** Neighbours of the KNN; `null` for the CNN. */
  readonly k: number | null;
  readonly mean: number;
  /** Half the width of the 95 % confidence interval; `null` for one episode. */
  readonly ci95: number | null;
  /** Accuracy of each episode, in order. */
  readonly episodes: readonly number[];
  /**
   * Queries of all episodes by their class, row by row, and by the class that they were put in: places in the result's
   * `classes`. Absent where these are.
   */
  readonly confusion?: readonly (readonly number[])[];
}

/** Mean difference of two arms over the same episodes. */
export interface Comparison {
  readonly arm: string;
  readonly against: string;
  readonly classifier: ClassifierName;
  readonly difference: number;
  readonly ci95: number | null;
}

/** An evaluation as JSON. All but `seconds` depends on the settings, the versions and the backend alone. */
export interface EvaluationResult {
  readonly schema: typeof EVAL_SCHEMA;
  /** The command that makes these figures again. */
  readonly command: string;
  readonly seed: number;
  readonly backend: BackendName;
  readonly versions: Readonly<Record<string, string>>;
  readonly data: string;
  readonly split: string;
  readonly protocol: string;
  /** The encoder; absent where the protocol has one trained in each episode. */
  readonly model?: { readonly name: string; readonly sha256: string };
  /** Encoders beside it whose opinion counted in labels; absent where there were none. */
  readonly teachers?: readonly { readonly name: string; readonly sha256: string }[];
  /** Those of the episodes, in order; absent where one encoder serves all. */
  readonly encoders?: {
    /** Batches that each trained on. */
    readonly steps: number;
    readonly sha256: readonly string[];
  };
  readonly ways: number;
  readonly shots: number;
  /** Query images of an episode, all classes together. */
  readonly queries: number;
  /** Those of all episodes; absent in results of earlier releases, and where they are more than 100. */
  readonly classes?: readonly Label[];
  readonly perClass: number;
  readonly mix: number;
  readonly trust: number;
  /** Share of what decoding lost of a parent that was laid back over hallucinations; absent where none was. */
  readonly detail?: number;
  readonly cnn: string;
  /** Batches that the CNN trained on. */
  readonly cnnSteps: number;
  readonly knnEngine: KnnEngineName;
  /** The arms that are pipelines; absent where there are none. */
  readonly pipelines?: readonly { readonly name: string; readonly pipeline: PipelineJSON }[];
  readonly results: readonly ArmResult[];
  readonly comparisons: readonly Comparison[];
  readonly seconds: number;
}
