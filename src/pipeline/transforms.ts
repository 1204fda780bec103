import { type ImageTransform, transformFromJSON, transformToJSON } from '../augment/index.js';
import { UsageError } from '../core/index.js';
import { at } from './at.js';

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
