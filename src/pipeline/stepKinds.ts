import type { OperatorFunction } from 'rxjs';
import * as v from 'valibot';
import { type OptionsSchema, oneWordOf } from '../augment/geometric/options.js';
import { planOf } from '../augment/hallucinateOptions.js';
import {
  cutmix,
  type DroppedHallucination,
  geometric,
  hallucinate,
  type ImageTransform,
  type LabelCheck,
  mixup,
  pathNames,
} from '../augment/index.js';
import type { LabeledImage } from '../core/index.js';
import type { Model } from '../models/index.js';
import { balanceClasses, shuffleWith } from '../stream/index.js';
import type { StepName } from './step.js';

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
    operator: ({ window }: v.InferOutput<typeof shuffleSchema>, context) => shuffleWith(context.seed, window),
  },
};
