import { latentPath, type PathName } from '../../augment/paths.js';
import type { Arithmetic } from '../../backend/backendInfo.js';
import { UsageError } from '../../core/errors.js';
import type { Model } from '../../models/model.js';
import type { BackendName } from '../../node/selectBackend.js';
import type { Estimate, Proportion } from '../statistics.js';

/**
 * Measures of made images, in the order of tables:
 *
 * - `labelPreservation`: share that the judge puts into the class of their label, in [0, 1]
 * - `classificationAccuracy`: CAS, accuracy of a CNN trained on them alone, in [0, 1]
 * - `naiveAugmentation`: NAS, accuracy of a CNN trained on them and the support set, in [0, 1]
 * - `frechetLeNet`: FLD, from 0 on, less is better
 * - `precision`, `recall`, `coverage`: in [0, 1]
 * - `density`: from 0 on, about 1 for real images
 * - `largestStep`: largest over mean step of a path, from 1 on, less is more even; of `slerp` and `lerp` alone
 */
export const qualityMeasures = [
  'labelPreservation',
  'classificationAccuracy',
  'naiveAugmentation',
  'frechetLeNet',
  'precision',
  'recall',
  'density',
  'coverage',
  'largestStep',
] as const;

export type QualityMeasure = (typeof qualityMeasures)[number];

/** Version of the JSON that measurements of quality write. */
export const QUALITY_SCHEMA = 'fewshot.quality/1';

/** Source of the images of a row. */
export interface QualityRow {
  /** Name of the model; `null` for real images. */
  readonly model: string | null;
  /** The latent path, or `real`: other train images of the same classes, for comparison. */
  readonly path: PathName | 'real';
}

/** One row judged by one measure: mean over episodes, and half its 95 % interval. */
export interface QualityFigure extends QualityRow, Estimate {
  readonly measure: QualityMeasure;
  /** Figure of each episode, in order. */
  readonly episodes: readonly number[];
  /** For `labelPreservation`: share of the images of all episodes, with Wilson's interval. */
  readonly pooled?: Proportion;
}

/** Mean difference of a row from the slerp of the first model that allows it, over the same episodes. */
export interface QualityComparison extends QualityRow {
  readonly against: QualityRow;
  readonly measure: QualityMeasure;
  readonly difference: number;
  readonly ci95: number | null;
}

/** A measurement of quality as JSON. All but `seconds` depends on data, settings, versions and backend alone. */
export interface QualityResult {
  readonly schema: typeof QUALITY_SCHEMA;
  /** The command that reproduces these figures; absent if no command made them. */
  readonly command?: string;
  readonly seed: number;
  readonly backend: BackendName;
  /** As in an evaluation. */
  readonly arithmetic?: Arithmetic;
  readonly versions: Readonly<Record<string, string>>;
  readonly data: string;
  readonly models: readonly {
    readonly name: string;
    readonly learner: string;
    readonly sha256: string;
    /** Protocol that the encoder's card names. */
    readonly protocol: string;
  }[];
  readonly ways: number;
  readonly shots: number;
  readonly perClass: number;
  readonly labelCheck: boolean;
  /** Number of test images, all classes together, for FLD and the accuracy scores. */
  readonly testImages: number;
  /** Number of neighbors that a ball reaches to, for precision, recall, density and coverage. */
  readonly k: number;
  /** Number of pairs of each episode, and of images of each path, for `largestStep`. */
  readonly interpolations: { readonly pairs: number; readonly steps: number };
  readonly cnn: string;
  /** Number of batches that the CNN trained on. */
  readonly cnnSteps: number;
  readonly judge: {
    /** Number of train images that it learned from. */
    readonly images: number;
    /** Share of the test images that it classifies correctly. */
    readonly accuracy: number;
  };
  /** Accuracy of the CNN trained on the support set alone, for comparison with NAS. */
  readonly supportAlone: Estimate & { readonly episodes: readonly number[] };
  /** Rows that were left out, with the reason. */
  readonly skipped: readonly (QualityRow & { readonly why: string })[];
  readonly results: readonly QualityFigure[];
  readonly comparisons: readonly QualityComparison[];
  readonly seconds: number;
}

/** A model with its name in rows. */
export interface NamedModel {
  readonly name: string;
  readonly model: Model;
}

/** A row with the model that makes its images. */
export interface MadeRow extends QualityRow {
  readonly path: PathName;
  readonly source: NamedModel;
}

export interface QualityRows {
  readonly rows: readonly MadeRow[];
  readonly skipped: readonly (QualityRow & { readonly why: string })[];
}

/** Reason why a model cannot make images along a path from so many shots; undefined when it can. */
function obstacle(name: PathName, { model }: NamedModel, shots: number): string | undefined {
  const path = latentPath(name);
  if (path.spherical && model.latentSpace !== 'sphere') return 'its codes are on no sphere';
  if (path.styled && model.styleSize === 0) return 'its codes have no style part';
  if (path.baseNeeded > 0 && (model.base?.classes.length ?? 0) === 0) return 'it holds no base codes';
  if (shots < path.samplesNeeded) return `it takes ${path.samplesNeeded} shots, not ${shots}`;
  return;
}

/**
 * A row for each model and path that go together, and the rows that are left out.
 *
 * @throws UsageError when a model has no row, or two models have the same name
 */
export function rowsOf(
  models: readonly NamedModel[],
  paths: readonly PathName[],
  shots: number,
): QualityRows {
  const rows: MadeRow[] = [];
  const skipped: (QualityRow & { why: string })[] = [];
  for (const [i, source] of models.entries()) {
    const { name } = source;
    if (models.findIndex((other) => other.name === name) < i) {
      throw new UsageError(`two models are named ${name}`, {
        hint: 'Give their files different names.',
        option: 'models',
      });
    }
    const before = rows.length;
    for (const path of paths) {
      const why = obstacle(path, source, shots);
      if (why === undefined) rows.push({ model: name, path, source });
      else skipped.push({ model: name, path, why });
    }
    if (rows.length === before) {
      const reasons = skipped.filter(({ model }) => model === name).map(({ path, why }) => `${path}: ${why}`);
      throw new UsageError(`the model ${name} can make no images (${reasons.join('; ')})`, {
        hint: 'Choose other paths (lerp needs only two shots, transport one), or leave the model out.',
        option: ['paths', 'models', 'shots'],
      });
    }
  }
  return { rows, skipped };
}
