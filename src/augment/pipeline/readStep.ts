import { FewshotError, UsageError } from '../../core/errors.js';
import { shown } from '../../core/shown.js';
import type { LatentSpace } from '../../models/architecture.js';
import { checkOptions } from '../optionSchemas.js';
import { transformFromJSON, transformToJSON } from '../transforms/geometricTransforms.js';
import type { ImageTransform, Json } from '../transforms/transform.js';
import { type PipelineStep, type StepJSON, type StepName, stepKinds } from './steps.js';

/** Runs `body`, and prefixes its errors with `where`, as `UsageError`s. */
export function at<T>(where: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof FewshotError)) throw error;
    const { hint } = error;
    throw new UsageError(`${where}: ${error.message}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** Most nested transforms: `sometimes(oneOf(rotate()))` is 3 deep. */
const DEEPEST = 8;

/** The transforms of a step, made from data where needed. Throws a `UsageError` that says which one is wrong. */
export function readTransforms(list: readonly unknown[], step: string): ImageTransform[] {
  return list.map((transform, i) => read(transform, `${step}, transforms[${i}]`, 1));
}

/** A step's transforms as data. Throws a `UsageError` that names one that a file cannot hold. */
export function writeTransforms(list: readonly ImageTransform[], step: string) {
  return list.map((transform, i) => {
    const where = `${step}, transforms[${i}]`;
    const { name, options = {} } = at(`${where} cannot be saved`, () => transformToJSON(transform));
    const data = { name, options };
    // In code they may be nested deeper than in a file.
    read(data, where, 1);
    return data;
  });
}

/** Reads inner transforms first, so that an error names the one that is wrong. */
function read(transform: unknown, where: string, depth: number): ImageTransform {
  if (depth > DEEPEST) {
    throw new UsageError(`${where}: transforms are nested more than ${DEEPEST} deep`, {
      hint: 'Remove some of the outer ones (compose, oneOf, sometimes).',
    });
  }
  for (const [key, inner] of innerOf(transform)) read(inner, `${where}.options.${key}`, depth + 1);
  return isTransform(transform) ? transform : at(where, () => transformFromJSON(transform));
}

function isTransform(transform: unknown): transform is ImageTransform {
  return (
    typeof transform === 'object' &&
    transform !== null &&
    'apply' in transform &&
    typeof transform.apply === 'function'
  );
}

/** Transforms within the options of `compose`, `oneOf` and `sometimes`, each with its key. */
function innerOf(transform: unknown): [key: string, inner: unknown][] {
  // Transforms of code were checked when they were made, and those of the user's own may have any options.
  if (isTransform(transform)) return [];
  const options = (transform as { options?: { transform?: unknown; transforms?: unknown } } | null)?.options;
  const { transform: one, transforms: several } = options ?? {};
  return [
    ...(one === undefined ? [] : [['transform', one] as [string, unknown]]),
    ...(Array.isArray(several)
      ? several.map((inner, i): [string, unknown] => [`transforms[${i}]`, inner])
      : []),
  ];
}

/** Names of the steps, for messages. */
const names = Object.keys(stepKinds);

/** A step that was checked. Its options have their defaults, and its transforms are made. */
export interface ReadStep {
  readonly name: StepName;
  /** Name in messages: `step 2 (geometric)`, counted from 1. */
  readonly where: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Checks one step, of code or of a file. Throws a `UsageError` that names the step and the option. */
export function readStep(step: unknown, index: number, latentSpace?: LatentSpace): ReadStep {
  if (typeof step !== 'object' || step === null || Array.isArray(step)) {
    throw new UsageError(
      `step ${index + 1} must be an object, not ${Array.isArray(step) ? 'a list' : shown(step)}`,
      {
        hint: 'For example { "do": "mixup", "alpha": 0.2 }.',
      },
    );
  }
  const { do: name, ...rest } = step as { readonly do?: unknown };
  const hint = `Steps: ${names.join(', ')}.`;
  if (name === undefined) throw new UsageError(`step ${index + 1} does not say what to do`, { hint });
  if (typeof name !== 'string' || !Object.hasOwn(stepKinds, name))
    throw new UsageError(`step ${index + 1}: there is no step named ${shown(name)}`, { hint });
  const { schema, defaults, check } = stepKinds[name as StepName];
  const where = `step ${index + 1} (${name})`;
  const given: Record<string, unknown> = { ...rest };
  for (const [key, value] of Object.entries((latentSpace && defaults?.(latentSpace)) ?? {})) {
    given[key] ??= value;
  }
  if (name === 'geometric' && Array.isArray(given.transforms))
    given.transforms = readTransforms(given.transforms, where);
  const options = checkOptions(where, schema, given);
  at(where, () => check?.(options as never));
  return { name: name as StepName, where, options };
}

/** A step as code has it. */
export function stepOf({ name, options }: ReadStep): PipelineStep {
  return { do: name, ...options } as unknown as PipelineStep;
}

/** A step as JSON has it. Throws a `UsageError` that names an option that cannot be saved. */
export function writeStep({ name, where, options }: ReadStep): StepJSON {
  const written: Record<string, Json> = {};
  for (const [key, value] of Object.entries(options)) {
    if (typeof value === 'function') {
      throw new UsageError(`${where}: ${key} is a function, which cannot be saved`, {
        hint: `Say ${key}: true for the check that comes with this package, or keep the pipeline in code.`,
      });
    }
    written[key] = key === 'transforms' ? writeTransforms(value as ImageTransform[], where) : (value as Json);
  }
  return { do: name, ...written };
}
