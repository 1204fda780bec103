import { type SweepSettings, withSweep } from '../../evaluate/evaluationSweep.js';
import { withEvaluation } from '../../evaluate/evaluationWork.js';
import type { EvaluationSettings } from '../../evaluate/settings.js';
import type { Work } from '../../evaluate/work.js';

/** Any work. */
export type AnyWork = Work<{ readonly kind: string }, unknown>;

/** What a work is opened with, on a machine that did not plan it. */
export interface OpenOptions {
  readonly workers: number;
  readonly signal: AbortSignal;
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

/** Kinds of work by name. */
export const workKinds: Readonly<Record<string, WorkKind>> = { eval: evaluation, sweep };
