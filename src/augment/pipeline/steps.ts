import type { OperatorFunction } from 'rxjs';
import * as v from 'valibot';
import type { LabeledImage } from '../../core/image.js';
import type { Model } from '../../models/model.js';
import { type BalanceOptions, balanceClasses } from '../../stream/balanceClasses.js';
import { shuffleWith } from '../../stream/shuffleWith.js';
import { type GeometricOptions, geometric } from '../geometric.js';
import { hallucinate } from '../hallucinate.js';
import { type DroppedHallucination, type HallucinateOptions, planOf } from '../hallucinateOptions.js';
import type { LabelCheck } from '../labelCheck.js';
import { cutmix, type MixingOptions, mixup } from '../mixing.js';
import { pathNames } from '../paths.js';
import {
  type ImageTransform,
  type Json,
  type OptionsSchema,
  oneWordOf,
  type TransformData,
} from '../transforms/transform.js';

/** Options as those of {@link hallucinate}; the pipeline is given the model, and `onDrop`. */
export interface HallucinateStep extends Omit<HallucinateOptions, 'onDrop'> {
  readonly do: 'hallucinate';
}

/** Options as those of {@link geometric}. */
export interface GeometricStep extends GeometricOptions {
  readonly do: 'geometric';
  /** At least one, as `rotate()` makes them or as data, `{ name: 'rotate' }`. */
  readonly transforms: readonly (ImageTransform | TransformData)[];
}

/** Options as those of {@link mixup}. */
export interface MixupStep extends MixingOptions {
  readonly do: 'mixup';
}

/** Options as those of {@link cutmix}. */
export interface CutmixStep extends MixingOptions {
  readonly do: 'cutmix';
}

/** Options as those of {@link balanceClasses}. */
export interface BalanceClassesStep extends BalanceOptions {
  readonly do: 'balanceClasses';
}

/** {@link shuffleWith}. */
export interface ShuffleStep {
  readonly do: 'shuffle';
  /** Most images held back, at least 1. */
  readonly window: number;
  readonly seed?: number;
}

/**
 * One operator of a pipeline with its options. A step without a `seed` draws from one of its own, derived from that of
 * the pipeline.
 */
export type PipelineStep =
  | HallucinateStep
  | GeometricStep
  | MixupStep
  | CutmixStep
  | BalanceClassesStep
  | ShuffleStep;

/** What a step can do. */
export type StepName = PipelineStep['do'];

/** A step as JSON holds it: every option, defaults included. */
export interface StepJSON {
  readonly do: StepName;
  readonly [option: string]: Json;
}

/** What a step's operator is made with, beside its options. */
export interface StepContext {
  readonly seed: number;
  /** Gives the model, or throws when there is none. */
  model(): Model;
  readonly onDrop: ((dropped: DroppedHallucination) => void) | undefined;
}

/** How an operator is made from a step's options. */
export interface StepKind {
  /** Names, ranges and defaults of the options. */
  readonly schema: OptionsSchema;
  /** Throws a `UsageError` for options that are right one by one, but not together. */
  check?(options: never): void;
  /** The options have been checked against the schema. */
  operator(options: never, context: StepContext): OperatorFunction<LabeledImage, LabeledImage>;
}

function whole(least: number) {
  const message = `must be a whole number of at least ${least}`;
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(least, message));
}

function above0(most: number, range: string) {
  const message = `must be a number above 0${range}`;
  return v.pipe(v.number(message), v.finite(message), v.gtValue(0, message), v.maxValue(most, message));
}

const anySeed = v.pipe(v.number('must be a whole number'), v.safeInteger('must be a whole number'));
export const seed = v.exactOptional(anySeed);

const share = v.pipe(
  v.number('must be in [0, 1]'),
  v.minValue(0, 'must be in [0, 1]'),
  v.maxValue(1, 'must be in [0, 1]'),
);

const labels = v.array(v.union([v.string(), v.pipe(v.number(), v.finite())]), 'must be a list of labels');

const hallucinateSchema = v.strictObject({
  perClass: v.exactOptional(whole(1)),
  ratio: v.exactOptional(above0(Number.MAX_VALUE, '')),
  path: v.optional(oneWordOf(pathNames), 'slerp'),
  batchSize: v.optional(whole(1), 128),
  bankSize: v.optional(whole(1), 512),
  classes: v.exactOptional(labels),
  labelCheck: v.optional(
    v.custom<LabelCheck | boolean>(
      (value) => typeof value === 'boolean' || typeof value === 'function',
      'must be true or false, or a function',
    ),
    false,
  ),
  detail: v.optional(share, 0),
  seed,
});
type HallucinateChecked = v.InferOutput<typeof hallucinateSchema>;

const geometricSchema = v.strictObject({
  // What is in the list is read by `readTransforms` before.
  transforms: v.custom<readonly ImageTransform[]>(
    (value) => Array.isArray(value) && value.length > 0,
    'must be a list of at least one transform',
  ),
  copies: v.optional(whole(1), 1),
  keepOriginals: v.optional(v.boolean('must be true or false'), false),
  seed,
});

const mixingSchema = (alpha: number) =>
  v.strictObject({
    alpha: v.optional(above0(1000, ' and up to 1000'), alpha),
    window: v.optional(whole(2), 64),
    seed,
  });
type MixingChecked = v.InferOutput<ReturnType<typeof mixingSchema>>;

const balanceSchema = v.strictObject({
  window: v.exactOptional(whole(1)),
  bankSize: v.optional(whole(1), 256),
  seed,
});

const shuffleSchema = v.strictObject({ window: whole(1), seed });

/** Every step that a pipeline can have. */
export const stepKinds: Readonly<Record<StepName, StepKind>> = {
  balanceClasses: {
    schema: balanceSchema,
    operator: (options: v.InferOutput<typeof balanceSchema>, context) =>
      balanceClasses({ ...options, seed: context.seed }),
  },
  cutmix: {
    schema: mixingSchema(1),
    operator: (options: MixingChecked, context) => cutmix({ ...options, seed: context.seed }),
  },
  geometric: {
    schema: geometricSchema,
    operator: ({ transforms, ...options }: v.InferOutput<typeof geometricSchema>, context) =>
      geometric(transforms, { ...options, seed: context.seed }),
  },
  hallucinate: {
    schema: hallucinateSchema,
    check: (options: HallucinateChecked) => void planOf(options),
    operator: (options: HallucinateChecked, { seed, model, onDrop }) => {
      const asked = { ...options, seed, ...(onDrop === undefined ? {} : { onDrop }) };
      return (source) => hallucinate(model(), asked)(source);
    },
  },
  mixup: {
    schema: mixingSchema(0.2),
    operator: (options: MixingChecked, context) => mixup({ ...options, seed: context.seed }),
  },
  shuffle: {
    schema: shuffleSchema,
    operator: ({ window }: v.InferOutput<typeof shuffleSchema>, context) =>
      shuffleWith({ seed: context.seed, window }),
  },
};
