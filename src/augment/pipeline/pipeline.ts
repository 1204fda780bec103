import type { OperatorFunction } from 'rxjs';
import * as v from 'valibot';
import { checkSeed } from '../../core/checks.js';
import { UsageError } from '../../core/errors.js';
import type { LabeledImage } from '../../core/image.js';
import {
  checkFields,
  checkFunction,
  checkModel,
  checkOptionBag,
  oneAmong,
  optional,
} from '../../core/kindChecks.js';
import { randomStream } from '../../core/random.js';
import { shown } from '../../core/shown.js';
import type { LatentSpace } from '../../models/architecture.js';
import type { Model } from '../../models/model.js';
import type { DroppedHallucination } from '../hallucinateOptions.js';
import { checkOptions, wholeNumber } from '../optionSchemas.js';
import { type ReadStep, readStep, stepOf, writeStep } from './readStep.js';
import { type PipelineStep, type StepJSON, stepKinds } from './steps.js';

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
  /** Model of the hallucinate steps. Only they need it, and only to run. */
  readonly model?: Model;
  /**
   * Latent space of the model, for steps whose defaults depend on it. Default: that of `model`; without a model, those
   * defaults are left open.
   */
  readonly latentSpace?: LatentSpace;
  /** Steps that name no seed derive theirs from it. Default: that of the file, or 0. */
  readonly seed?: number;
  /** As that of `hallucinate`, for every such step. */
  readonly onDrop?: (dropped: DroppedHallucination) => void;
}

/** Augmentation operators in a row, which can be run and saved. */
export interface Pipeline {
  readonly seed: number;
  /** The steps with all their options except derived seeds. */
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
   * Everything that the images depend on except the model. `JSON.stringify` calls it.
   *
   * @throws UsageError that names the step, for what cannot be saved: functions, and transforms of your own
   */
  toJSON(): PipelineJSON;
}

/**
 * Chains augmentation operators by name, so that they can be saved with `JSON.stringify` and made again by
 * {@link pipelineFromJSON}.
 *
 * The *n*-th step of a kind that names no `seed` draws from one that is derived from the pipeline's, the kind and *n*:
 * two such steps draw differently, and adding or removing steps of other kinds changes nothing.
 *
 * ```ts
 * const augmentation = pipeline(
 *   [{ do: 'hallucinate', perClass: 100 }, { do: 'geometric', transforms: [affine()] }, { do: 'mixup' }],
 *   { model, seed: 7 },
 * );
 * images$.pipe(augmentation.operator, toBatches(32, { classes }));
 * ```
 *
 * @throws UsageError that names the step and the option, for anything unknown or out of range
 */
export function pipeline(steps: readonly PipelineStep[], options: PipelineOptions = {}): Pipeline {
  const {
    seed = 0,
    model,
    latentSpace = model?.latentSpace,
    onDrop,
  } = checkFields('pipeline', options, {
    model: optional((_, value) => checkModel(value)),
    latentSpace: optional(oneAmong(['sphere', 'euclidean'])),
    onDrop: optional(checkFunction),
  });
  checkSeed('seed', seed);
  if (!Array.isArray(steps)) throw new UsageError(`the steps must be a list, not ${shown(steps)}`);
  if (steps.length === 0 || steps.length > MOST_STEPS)
    throw new UsageError(`a pipeline has 1 to ${MOST_STEPS} steps, not ${steps.length}`);
  const read = steps.map((step, i) => readStep(step, i, latentSpace));
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

function noModel({ where }: ReadStep): never {
  throw new UsageError(`${where} needs a model, and none was given`, {
    hint: "Give one with the pipeline's options: { model: await loadModel('mnist') }.",
  });
}

/** Most levels of lists and objects in a file. The deepest transforms allowed take 28. */
const DEEPEST = 32;

const pipelineSchema = v.strictObject({
  schema: v.literal(PIPELINE_SCHEMA),
  seed: v.exactOptional(wholeNumber),
  steps: v.array(v.unknown(), 'must be a list of steps'),
});

/**
 * The pipeline that was saved by `JSON.stringify`, or written by hand (docs/pipelines.md): it makes the same images.
 *
 * ```ts
 * const augmentation = pipelineFromJSON(JSON.parse(await readFile('pipeline.json', 'utf8')), { model });
 * images$.pipe(augmentation.operator);
 * ```
 *
 * @param json what `JSON.parse` gave
 * @param options `seed` overrides that of the file
 * @throws UsageError for another version, and for anything that a pipeline cannot have: it names the step and the option
 */
export function pipelineFromJSON(json: unknown, options: PipelineOptions = {}): Pipeline {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UsageError(`a pipeline is an object with schema and steps, not ${kindOf(json)}`, {
      hint: typeof json === 'string' ? 'Give what JSON.parse makes of the text.' : 'See docs/pipelines.md.',
    });
  }
  const found = (json as { readonly schema?: unknown }).schema;
  if (found !== PIPELINE_SCHEMA) {
    const version = typeof found === 'string' ? `of version ${found}` : 'of no version';
    throw new UsageError(`the pipeline is ${version}, but this release reads ${PIPELINE_SCHEMA}`, {
      hint:
        found === undefined
          ? `Begin with "schema": "${PIPELINE_SCHEMA}".`
          : `Write it for ${PIPELINE_SCHEMA}, or use the release that saved it.`,
    });
  }
  if (deeperThan(json, DEEPEST)) {
    throw new UsageError(`the pipeline has more than ${DEEPEST} levels of lists and objects`, {
      hint: 'Remove some of the outer transforms (compose, oneOf, sometimes).',
    });
  }
  const { steps, ...saved } = checkOptions('the pipeline', pipelineSchema, json);
  // What the steps hold is checked there.
  const { seed: asked = saved.seed ?? 0 } = checkOptionBag('pipelineFromJSON', options);
  return pipeline(steps as readonly PipelineStep[], { ...options, seed: asked });
}

function kindOf(json: unknown): string {
  if (typeof json === 'string') return 'text';
  return Array.isArray(json) ? 'a list' : shown(json);
}

/** True if a value has more levels than that; it looks no deeper. */
function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => deeperThan(inner, levels - 1));
}
