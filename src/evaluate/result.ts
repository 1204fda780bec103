import * as v from 'valibot';
import type { PipelineJSON } from '../augment/pipeline/pipeline.js';
import { type Arithmetic, arithmetics } from '../backend/backendInfo.js';
import type { Label } from '../core/image.js';
import { type BackendName, backendNames } from '../node/selectBackend.js';
import { openSetFigures, type UnknownResult } from './openSet.js';
import { type ClassifierName, codeClassifierNames, type RecordedSettings } from './settings.js';
import type { Estimate } from './statistics.js';

/** Version of the JSON that evaluations write. */
export const EVAL_SCHEMA = 'fewshot.eval/1';

/** One arm judged by one classifier. Accuracies are in [0, 1]. */
export interface ArmResult {
  readonly arm: string;
  readonly classifier: ClassifierName;
  /** Neighbours of the KNN; `null` for other classifiers. */
  readonly k: number | null;
  readonly mean: number;
  /** Half the width of the 95 % confidence interval; `null` for one episode. */
  readonly ci95: number | null;
  /** Accuracy of each episode, in order. */
  readonly episodes: readonly number[];
  /**
   * Number of queries of all episodes by true class (row) and predicted class (column), in the order of the result's
   * `classes`. Absent where those are.
   */
  readonly confusion?: readonly (readonly number[])[];
}

/** Mean difference of two rows over the same episodes. */
export interface Comparison {
  readonly arm: string;
  readonly against: string;
  readonly classifier: ClassifierName;
  /** Classifier of the arm that it is compared with. Absent where it is the same. */
  readonly againstClassifier?: ClassifierName;
  readonly difference: number;
  readonly ci95: number | null;
}

/** Figures on queries of classes that an episode leaves out. */
export interface UnknownResults {
  /** Number of unknown classes of an episode. */
  readonly classes: number;
  /** Query images of them in an episode. */
  readonly queries: number;
  /** Share of false alarms that was asked for. */
  readonly falseAlarms: number;
  readonly results: readonly UnknownResult[];
}

/** Accuracy of an arm and a classifier by number of shots, on the same classes and queries. */
export interface ShotCurve {
  readonly arm: string;
  readonly classifier: ClassifierName;
  /** Number of episodes, the first of the evaluation. */
  readonly episodes: number;
  readonly points: readonly ({ readonly shots: number } & Estimate)[];
}

/** Pictures that one arm and classifier took for another class, the most frequent first. */
export interface Mistakes {
  readonly arm: string;
  readonly classifier: ClassifierName;
  readonly pictures: readonly {
    /** Name of the image in the data: `cat/001.png`. */
    readonly image: string;
    readonly truth: Label;
    readonly predicted: Label;
    /** Number of episodes in which it was taken for that class. */
    readonly times: number;
    /** Number of episodes in which it was a query. */
    readonly of: number;
  }[];
}

/** Features that an evaluation compared. */
export interface EvaluatedFeatures {
  /** Number of images whose features were taken. */
  readonly images: number;
  /** Number of changed versions of each image, for arms that add those; absent where there are none. */
  readonly variants?: number;
}

/** An evaluation as JSON. All but `seconds` depends on the settings, the versions, the backend and its arithmetic alone. */
export interface EvaluationResult
  extends Pick<RecordedSettings, 'perClass' | 'knnEngine'>,
    Partial<Omit<RecordedSettings, 'perClass' | 'knnEngine'>> {
  readonly schema: typeof EVAL_SCHEMA;
  /** The command that reproduces these figures; absent where no command made them. */
  readonly command?: string;
  readonly seed: number;
  readonly backend: BackendName;
  /** How wasm computed sums of products; absent for other backends, and in results of earlier releases, which are `plain`. */
  readonly arithmetic?: Arithmetic;
  readonly versions: Readonly<Record<string, string>>;
  readonly data: string;
  readonly split: string;
  readonly protocol: string;
  /** The encoder; absent under a protocol that trains one in each episode. */
  readonly model?: { readonly name: string; readonly sha256: string };
  /** Encoders that gave soft labels together with the model; absent where there were none. */
  readonly teachers?: readonly { readonly name: string; readonly sha256: string }[];
  /** Encoders of the episodes, in order; absent where one encoder serves all. */
  readonly encoders?: {
    /** Batches that each trained on. */
    readonly steps: number;
    readonly sha256: readonly string[];
  };
  readonly ways: number;
  readonly shots: number;
  /** Query images of an episode, all classes together; the mean, rounded, where episodes differ. */
  readonly queries: number;
  /** Folders of classes that episodes are of, in turn: runs under `one-shot`, alphabets with `within`. Absent where classes are drawn from all. */
  readonly folders?: readonly string[];
  /** Regular expression for groups of images that are never on both sides of an episode, of classes in folders within folders. */
  readonly groupBy?: string;
  /** Test images that show nearly the same as a train image, or are of its group: they test nothing. Absent where there are none. */
  readonly leaks?: number;
  /** Classes of all episodes; absent in results of earlier releases, and where there are more than 100. */
  readonly classes?: readonly Label[];
  /** The arms that are pipelines; absent where there are none. */
  readonly pipelines?: readonly { readonly name: string; readonly pipeline: PipelineJSON }[];
  /** Present where arms and classifiers compare features, as those of photos. */
  readonly features?: EvaluatedFeatures;
  readonly results: readonly ArmResult[];
  readonly comparisons: readonly Comparison[];
  /** Accuracy by shots of the reference and of the best row; present where features are compared. */
  readonly curve?: readonly ShotCurve[];
  /** Mistakes of the best row; present where features are compared. */
  readonly mistakes?: Mistakes;
  /** Present with the setting `unknown`. */
  readonly unknown?: UnknownResults;
  readonly seconds: number;
}

const text = v.string();
const number = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const some = v.pipe(count, v.minValue(1));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const classifier = v.picklist([...new Set(['knn', 'cnn', ...codeClassifierNames] as const)]);
const label = v.union([text, number]);
const model = v.looseObject({ name: text, sha256: text });

const shares = v.looseObject({
  mean: share,
  ci95: v.nullable(number),
  episodes: v.pipe(v.array(share), v.minLength(1)),
});

/** Schema of a stored evaluation: the parts that tables and reports need. Other parts are kept. */
export const evaluationSchema = v.pipe(
  v.looseObject({
    schema: v.literal(EVAL_SCHEMA),
    command: v.exactOptional(text),
    ...{ seed: count, backend: v.picklist(backendNames), versions: v.record(text, text) },
    arithmetic: v.exactOptional(v.picklist(arithmetics)),
    ...{ data: text, split: text, protocol: text },
    model: v.exactOptional(model),
    teachers: v.exactOptional(v.array(model)),
    encoders: v.exactOptional(v.looseObject({ steps: count, sha256: v.array(text) })),
    ...{ ways: some, shots: some, queries: some },
    folders: v.exactOptional(v.array(text)),
    groupBy: v.exactOptional(text),
    leaks: v.exactOptional(count),
    detail: v.exactOptional(share),
    classes: v.exactOptional(v.array(label)),
    ...{ cnn: v.exactOptional(text), cnnSteps: v.exactOptional(count), seconds: number },
    features: v.exactOptional(v.looseObject({ images: some, variants: v.exactOptional(some) })),
    results: v.pipe(
      v.array(
        v.looseObject({
          ...{ arm: text, classifier, k: v.nullable(count), mean: share, ci95: v.nullable(number) },
          episodes: v.pipe(v.array(share), v.minLength(1)),
          confusion: v.exactOptional(v.array(v.array(count))),
        }),
      ),
      v.minLength(1),
    ),
    comparisons: v.array(
      v.looseObject({
        ...{ arm: text, against: text, classifier, difference: number, ci95: v.nullable(number) },
        againstClassifier: v.exactOptional(classifier),
      }),
    ),
    curve: v.exactOptional(
      v.array(
        v.looseObject({
          ...{ arm: text, classifier, episodes: some },
          points: v.array(v.looseObject({ shots: some, mean: share, ci95: v.nullable(number) })),
        }),
      ),
    ),
    mistakes: v.exactOptional(
      v.looseObject({
        ...{ arm: text, classifier },
        pictures: v.array(
          v.looseObject({ image: text, truth: label, predicted: label, times: some, of: some }),
        ),
      }),
    ),
    unknown: v.exactOptional(
      v.looseObject({
        ...{ classes: some, queries: some, falseAlarms: share },
        results: v.array(v.looseObject({ arm: text, ...v.entriesFromList(openSetFigures, shares) })),
      }),
    ),
  }),
  v.check(
    ({ results }) => results.every(({ episodes }) => episodes.length === results[0]!.episodes.length),
    'its arms have not the same episodes',
  ),
  v.check(
    ({ classes = [], results }) =>
      results.every(
        ({ confusion }) =>
          confusion === undefined ||
          (confusion.length === classes.length && confusion.every((row) => row.length === classes.length)),
      ),
    'a confusion matrix is not of its classes',
  ),
);
