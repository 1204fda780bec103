import { type SweepSettings, withSweep } from '../../evaluate/evaluationSweep.js';
import { withEvaluation } from '../../evaluate/evaluationWork.js';
import type { EvaluationSettings } from '../../evaluate/settings.js';
import type { Work } from '../../evaluate/work.js';
import type { Store } from '../../node/parts/store.js';
import { type AugmentationSettings, withAugmentation } from '../produce/augment/augmentation.js';
import { type DatasetQuality, withQualityOf } from '../produce/measureQuality.js';

/** Any work. */
export type AnyWork = Work<{ readonly kind: string }, unknown>;

/** What a work is opened with, on a machine that did not plan it. */
export interface OpenOptions {
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Where a plan that is too long for a job is. */
  readonly store: Store;
}

/** A kind of work that any machine can do by its settings, which are data. */
export interface WorkKind {
  /** Paths and names among its settings: what they name must lie below a worker's root, or be shipped. */
  pathsIn(settings: object): readonly string[];
  open<Result>(
    settings: object,
    options: OpenOptions,
    use: (work: AnyWork) => Promise<Result>,
  ): Promise<Result>;
}

const evaluation: WorkKind = {
  pathsIn(settings) {
    const { data, dataDir, runs, model, teachers = [] } = settings as EvaluationSettings;
    return [data, dataDir, runs, model, ...teachers].filter((path) => path !== undefined);
  },
  open: (settings, options, use) =>
    withEvaluation(settings as EvaluationSettings, { ...options, digests: true }, (work) =>
      use(work as AnyWork),
    ),
};

const sweep: WorkKind = {
  pathsIn: (settings) =>
    (settings as SweepSettings).cells.flatMap((cell) => evaluation.pathsIn(cell.settings)),
  open: (settings, options, use) =>
    withSweep(settings as SweepSettings, options, (work) => use(work as unknown as AnyWork)),
};

const quality: WorkKind = {
  pathsIn(settings) {
    const { models, fonts } = settings as DatasetQuality;
    return [...models, ...(fonts === undefined ? [] : [fonts])];
  },
  open: (settings, { signal }, use) =>
    withQualityOf(settings as DatasetQuality, { signal, digests: true }, (work) => use(work as AnyWork)),
};

const augmentation: WorkKind = {
  pathsIn(settings) {
    const { data, model } = settings as AugmentationSettings;
    return [model, ...(data === undefined ? [] : [data])];
  },
  open: (settings, options, use) =>
    withAugmentation(settings as AugmentationSettings, options, (work) => use(work as AnyWork)),
};

/** Kinds of work by name. */
export const workKinds: Readonly<Record<string, WorkKind>> = {
  eval: evaluation,
  sweep,
  quality,
  augment: augmentation,
};
