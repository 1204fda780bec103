import type { OperatorFunction } from 'rxjs';
import * as v from 'valibot';
import type { LabeledImage } from '../../core/image.js';
import type { LatentSpace } from '../../models/architecture.js';
import type { Model } from '../../models/model.js';
import { type BalanceOptions, balanceClasses } from '../../stream/balanceClasses.js';
import { shuffleWith } from '../../stream/shuffleWith.js';
import { type GeometricOptions, geometric, geometricEntries } from '../geometric.js';
import { hallucinate } from '../hallucinate.js';
import {
  type DroppedHallucination,
  type HallucinateOptions,
  hallucinateEntries,
  planOf,
} from '../hallucinateOptions.js';
import { cutmix, cutmixEntries, type MixingOptions, mixup, mixupEntries } from '../mixing.js';
import { type OptionsSchema, wholeFrom, wholeNumber } from '../optionSchemas.js';
import { defaultPath } from '../paths.js';
import type { ImageTransform, Json, TransformData } from '../transforms/transform.js';

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

/** Names of the steps. */
export type StepName = PipelineStep['do'];

/** A step as JSON holds it: every option, defaults included. */
export interface StepJSON {
  readonly do: StepName;
  readonly [option: string]: Json;
}

/** Arguments of a step's operator beside its options. */
export interface StepContext {
  readonly seed: number;
  /** Gives the model, or throws when there is none. */
  model(): Model;
  readonly onDrop: ((dropped: DroppedHallucination) => void) | undefined;
}

/** A kind of step: its options, and a function that makes its operator. */
export interface StepKind {
  /** Names, ranges and defaults of the options. */
  readonly schema: OptionsSchema;
  /** Defaults that depend on the model. */
  defaults?(latentSpace: LatentSpace): Readonly<Record<string, Json>>;
  /** Throws a `UsageError` for options that are in range one by one, but do not go together. */
  check?(options: never): void;
  /** The options have been checked against the schema. */
  operator(options: never, context: StepContext): OperatorFunction<LabeledImage, LabeledImage>;
}

/** Seed of a step; the pipeline derives one for a step without. */
const seed = v.exactOptional(wholeNumber);

const hallucinateSchema = v.strictObject({ ...hallucinateEntries, seed });

const geometricSchema = v.strictObject({
  // The list's elements are made by `readTransforms` before.
  transforms: v.custom<readonly ImageTransform[]>(
    (value) => Array.isArray(value) && value.length > 0,
    'must be a list of at least one transform',
  ),
  ...geometricEntries,
  seed,
});

const mixupSchema = v.strictObject({ ...mixupEntries, seed });
const cutmixSchema = v.strictObject({ ...cutmixEntries, seed });

const balanceSchema = v.strictObject({
  window: v.exactOptional(wholeFrom(1)),
  bankSize: v.optional(wholeFrom(1), 256),
  seed,
});

const shuffleSchema = v.strictObject({ window: wholeFrom(1), seed });

/** Every step that a pipeline can have. */
export const stepKinds: Readonly<Record<StepName, StepKind>> = {
  balanceClasses: {
    schema: balanceSchema,
    operator: (options: v.InferOutput<typeof balanceSchema>, { seed }) =>
      balanceClasses({ ...options, seed }),
  },
  cutmix: {
    schema: cutmixSchema,
    operator: (options: v.InferOutput<typeof cutmixSchema>, { seed }) => cutmix({ ...options, seed }),
  },
  geometric: {
    schema: geometricSchema,
    operator: ({ transforms, ...options }: v.InferOutput<typeof geometricSchema>, { seed }) =>
      geometric(transforms, { ...options, seed }),
  },
  hallucinate: {
    schema: hallucinateSchema,
    defaults: (latentSpace) => ({ path: defaultPath(latentSpace) }),
    check: (options: v.InferOutput<typeof hallucinateSchema>) => void planOf(options),
    operator: (options: v.InferOutput<typeof hallucinateSchema>, { seed, model, onDrop }) => {
      const complete = { ...options, seed, ...(onDrop === undefined ? {} : { onDrop }) };
      return (source) => hallucinate(model(), complete)(source);
    },
  },
  mixup: {
    schema: mixupSchema,
    operator: (options: v.InferOutput<typeof mixupSchema>, { seed }) => mixup({ ...options, seed }),
  },
  shuffle: {
    schema: shuffleSchema,
    operator: ({ window }: v.InferOutput<typeof shuffleSchema>, { seed }) => shuffleWith({ seed, window }),
  },
};
