import type {
  GeometricOptions,
  HallucinateOptions,
  ImageTransform,
  Json,
  MixingOptions,
  TransformData,
} from '../augment/index.js';
import type { BalanceOptions } from '../stream/index.js';

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
