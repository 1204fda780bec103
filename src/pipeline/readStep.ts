import { checkOptions } from '../augment/geometric/options.js';
import type { ImageTransform, Json } from '../augment/index.js';
import { UsageError } from '../core/index.js';
import { at } from './at.js';
import type { PipelineStep, StepJSON, StepName } from './step.js';
import { stepKinds } from './stepKinds.js';
import { readTransforms, writeTransforms } from './transforms.js';

/** Names of the steps, for messages. */
const names = Object.keys(stepKinds);

/** A step that was checked. Its options have their defaults, and its transforms are made. */
export interface ReadStep {
  readonly name: StepName;
  /** How messages call it: `step 2 (geometric)`, counted from 1. */
  readonly place: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Checks one step, of code or of a file. Throws a `UsageError` that names the step by its place, and the option. */
export function readStep(step: unknown, index: number): ReadStep {
  if (typeof step !== 'object' || step === null || Array.isArray(step)) {
    throw new UsageError(
      `step ${index + 1} must be an object, not ${Array.isArray(step) ? 'a list' : step}`,
      {
        hint: 'For example { "do": "mixup", "alpha": 0.2 }.',
      },
    );
  }
  const { do: name, ...rest } = step as { readonly do?: unknown };
  const hint = `Steps: ${names.join(', ')}.`;
  if (name === undefined) throw new UsageError(`step ${index + 1} does not say what to do`, { hint });
  if (typeof name !== 'string' || !Object.hasOwn(stepKinds, name))
    throw new UsageError(`step ${index + 1}: there is no step named ${String(name)}`, { hint });
  const { schema, check } = stepKinds[name as StepName];
  const place = `step ${index + 1} (${name})`;
  // An option that is undefined is one that is left out, as JSON has it.
  const given: Record<string, unknown> = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined),
  );
  if (name === 'geometric' && Array.isArray(given.transforms))
    given.transforms = readTransforms(given.transforms, place);
  const options = checkOptions(place, schema, given);
  at(place, () => check?.(options as never));
  return { name: name as StepName, place, options };
}

/** A step as code has it. */
export function stepOf({ name, options }: ReadStep): PipelineStep {
  return { do: name, ...options } as unknown as PipelineStep;
}

/** A step as JSON has it. Throws a `UsageError` that names an option that cannot be saved. */
export function writeStep({ name, place, options }: ReadStep): StepJSON {
  const written: Record<string, Json> = {};
  for (const [key, value] of Object.entries(options)) {
    if (typeof value === 'function') {
      throw new UsageError(`${place}: ${key} is a function, which cannot be saved`, {
        hint: `Say ${key}: true for the check that comes with this package, or keep the pipeline in code.`,
      });
    }
    written[key] = key === 'transforms' ? writeTransforms(value as ImageTransform[], place) : (value as Json);
  }
  return { do: name, ...written };
}
