import { FewshotError, UsageError } from '../../core/errors.js';
import type { LatentSpace } from '../../models/architecture.js';
import { checkOptions } from '../optionSchemas.js';
import { transformFromJSON, transformToJSON } from '../transforms/geometricTransforms.js';
import type { ImageTransform, Json } from '../transforms/transform.js';
import { type PipelineStep, type StepJSON, type StepName, stepKinds } from './steps.js';

/** Runs `body`; what it throws on purpose is thrown again as a `UsageError` that says where. */
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

/** Transforms that may lie in one another: `sometimes(oneOf(rotate()))` is 3 deep. */
const DEEPEST = 8;

/** The transforms of a step, those that are data made. Throws a `UsageError` that says where a wrong one is. */
export function readTransforms(list: readonly unknown[], step: string): ImageTransform[] {
  return list.map((transform, i) => read(transform, `${step}, transforms[${i}]`, 1));
}

/** A step's transforms as data. Throws a `UsageError` that names one that a file cannot hold. */
export function writeTransforms(list: readonly ImageTransform[], step: string) {
  return list.map((transform, i) => {
    const where = `${step}, transforms[${i}]`;
    const { name, options = {} } = at(`${where} cannot be saved`, () => transformToJSON(transform));
    const data = { name, options };
    // In code they may lie deeper in one another than in a file.
    read(data, where, 1);
    return data;
  });
}

/** Inner transforms are read first, so that an error says which of them is wrong. */
function read(transform: unknown, where: string, depth: number): ImageTransform {
  if (depth > DEEPEST) {
    throw new UsageError(`${where}: transforms lie more than ${DEEPEST} deep in one another`, {
      hint: 'Take some of the outer ones (compose, oneOf, sometimes) away.',
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

/** What a transform's options hold in the way of `compose`, `oneOf` and `sometimes`, with its place. */
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
  /** How messages call it: `step 2 (geometric)`, counted from 1. */
  readonly place: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Checks one step, of code or of a file. Throws a `UsageError` that names the step by its place, and the option. */
export function readStep(step: unknown, index: number, latentSpace?: LatentSpace): ReadStep {
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
  const { schema, defaults, check } = stepKinds[name as StepName];
  const place = `step ${index + 1} (${name})`;
  const given: Record<string, unknown> = { ...rest };
  for (const [key, value] of Object.entries((latentSpace && defaults?.(latentSpace)) ?? {})) {
    given[key] ??= value;
  }
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
