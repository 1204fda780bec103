import type { OperatorFunction } from 'rxjs';
import type { DroppedHallucination } from '../augment/index.js';
import { type LabeledImage, randomStream, UsageError } from '../core/index.js';
import type { Model } from '../models/index.js';
import { type ReadStep, readStep, stepOf, writeStep } from './readStep.js';
import type { PipelineStep, StepJSON } from './step.js';
import { stepKinds } from './stepKinds.js';

/** Version of the pipelines that this release reads and writes. */
export const PIPELINE_SCHEMA = 'fewshot.pipeline/1';

/** Most steps of a pipeline. */
const MOST_STEPS = 64;

/** A pipeline as data that JSON can hold. */
export interface PipelineJSON {
  readonly schema: typeof PIPELINE_SCHEMA;
  readonly seed: number;
  /** In the order in which images pass them. */
  readonly steps: readonly StepJSON[];
}

export interface PipelineOptions {
  /** What hallucinate steps encode and decode with. Needed by them alone, and only to run. */
  readonly model?: Model;
  /** Steps that name no seed derive theirs from it. Default: that of the file, or 0. */
  readonly seed?: number;
  /** As that of `hallucinate`, for every such step. */
  readonly onDrop?: (dropped: DroppedHallucination) => void;
}

/** Augmentation operators in a row, which can be run and saved. */
export interface Pipeline {
  readonly seed: number;
  /** The steps with all their options but seeds that are derived. */
  readonly steps: readonly PipelineStep[];
  /** One for each step, with its seed. */
  readonly operators: readonly OperatorFunction<LabeledImage, LabeledImage>[];
  /**
   * All steps in a row: `images$.pipe(augmentation.operator)`.
   *
   * @throws UsageError when given a source, if a step needs a model and there is none
   */
  readonly operator: OperatorFunction<LabeledImage, LabeledImage>;
  /**
   * Everything that the images depend on, but the model. `JSON.stringify` calls it.
   *
   * @throws UsageError that names the step, for what cannot be saved: functions, and transforms of your own
   */
  toJSON(): PipelineJSON;
}

/**
 * Puts augmentation operators in a row by name, so that they can be saved with `JSON.stringify` and made again by
 * {@link pipelineFromJSON}.
 *
 * The *n*-th step of a kind that names no `seed` draws from one that is derived from the pipeline's, the kind and *n*:
 * two such steps draw differently, and steps of other kinds that come or go change nothing.
 *
 * ```ts
 * const augmentation = pipeline(
 *   [{ do: 'hallucinate', perClass: 100 }, { do: 'geometric', transforms: [affine()] }, { do: 'mixup' }],
 *   { model, seed: 7 },
 * );
 * images$.pipe(augmentation.operator, toBatches(32, { classes }));
 * ```
 *
 * @throws UsageError that names the step and the option, for what does not exist or is out of range
 */
export function pipeline(steps: readonly PipelineStep[], options: PipelineOptions = {}): Pipeline {
  const { seed = 0, model, onDrop } = options;
  if (!Number.isSafeInteger(seed)) throw new UsageError(`seed must be a whole number, not ${seed}`);
  if (!Array.isArray(steps)) throw new UsageError(`the steps must be a list, not ${String(steps)}`);
  if (steps.length === 0 || steps.length > MOST_STEPS)
    throw new UsageError(`a pipeline has 1 to ${MOST_STEPS} steps, not ${steps.length}`);
  const read = steps.map((step, i) => readStep(step, i));
  const operators = read.map((step, i) => {
    const before = read.slice(0, i).filter(({ name }) => name === step.name).length;
    return stepKinds[step.name].operator(step.options as never, {
      seed: seedOf(step, seed, before),
      model: () => model ?? noModel(step),
      onDrop,
    });
  });
  return {
    seed,
    steps: read.map(stepOf),
    operators,
    operator: (source) => operators.reduce((images$, operator) => operator(images$), source),
    toJSON: () => ({ schema: PIPELINE_SCHEMA, seed, steps: read.map(writeStep) }),
  };
}

/** The seed that a step names, or its own under the pipeline's; `before` counts the earlier steps of its kind. */
function seedOf({ name, options }: ReadStep, seed: number, before: number): number {
  return (
    (options.seed as number | undefined) ?? randomStream(seed, 'pipeline', name, before).integer(2 ** 31)
  );
}

function noModel({ place }: ReadStep): never {
  throw new UsageError(`${place} needs a model, and none was given`, {
    hint: "Give one with the pipeline's options: { model: await loadModel('mnist') }.",
  });
}
