import * as v from 'valibot';
import { DataError, UsageError } from '../../core/errors.js';
import { checkOptions, within } from '../optionSchemas.js';
import { affine, rotate, scale, shear, shift } from './affine.js';
import { blur } from './blur.js';
import { compose, oneOf, sometimes } from './combine.js';
import { crop } from './crop.js';
import { elastic } from './elastic.js';
import { erase } from './erase.js';
import { flip } from './flip.js';
import { brightness, contrast, noise } from './intensity.js';
import { resizedCrop } from './resizedCrop.js';
import {
  describeTransform,
  type ImageTransform,
  type TransformData,
  type TransformKind,
} from './transform.js';

/** Checked in full by the `transformFromJSON` that makes it. */
const inner = v.custom<TransformData>(
  (data) => typeof data === 'object' && data !== null && 'name' in data,
  'must be a transform, { name, options }',
);
const innerList = v.array(inner, 'must be a list of transforms');
const composeSchema = v.strictObject({
  name: v.pipe(v.string('must be a text'), v.nonEmpty('must be a text of at least one letter')),
  transforms: innerList,
});
const oneOfSchema = v.strictObject({
  transforms: v.pipe(innerList, v.minLength(1, 'must be at least one transform')),
});
const sometimesSchema = v.strictObject({ transform: inner, probability: v.optional(within(0, 1), 0.5) });

const combinations: readonly TransformKind[] = [
  {
    kind: 'compose',
    schema: composeSchema,
    make: ({ name, transforms }: v.InferOutput<typeof composeSchema>) =>
      compose(name, ...transforms.map(transformFromJSON)),
  },
  {
    kind: 'oneOf',
    schema: oneOfSchema,
    make: ({ transforms }: v.InferOutput<typeof oneOfSchema>) => oneOf(...transforms.map(transformFromJSON)),
  },
  {
    kind: 'sometimes',
    schema: sometimesSchema,
    make: ({ transform, probability }: v.InferOutput<typeof sometimesSchema>) =>
      sometimes(transformFromJSON(transform), probability),
  },
];

/** Every transform that a pipeline file can name, in alphabetical order. */
export const geometricTransforms: Readonly<Record<string, TransformKind>> = Object.fromEntries(
  [
    ...[
      affine,
      blur,
      brightness,
      contrast,
      crop,
      elastic,
      erase,
      flip,
      noise,
      resizedCrop,
      rotate,
      scale,
      shear,
      shift,
    ],
    ...combinations,
  ]
    .sort((a, b) => (a.kind < b.kind ? -1 : 1))
    .map((transform) => [transform.kind, transform]),
);

/**
 * Makes a transform from `{ name, options }`; options left out have their defaults.
 *
 * @throws DataError for anything else; UsageError for a name that does not exist (it lists those that do), and
 *   for an option that does not exist or is out of range (it names the transform and the option)
 */
export function transformFromJSON(data: unknown): ImageTransform {
  if (typeof data !== 'object' || data === null || !('name' in data) || typeof data.name !== 'string') {
    throw new DataError(`a transform is an object with a name, not ${JSON.stringify(data)}`, {
      hint: 'For example { "name": "rotate", "options": { "degrees": 10 } }.',
    });
  }
  const { name, options = {}, ...rest } = data as TransformData;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    throw new DataError(`${name}: a transform has a name and options, but no ${unknown}`, {
      hint: 'Settings of a transform belong in its options.',
    });
  }
  const kind = Object.hasOwn(geometricTransforms, name) ? geometricTransforms[name] : undefined;
  if (kind === undefined) {
    throw new UsageError(`there is no transform named ${name}`, {
      hint: `Transforms: ${Object.keys(geometricTransforms).join(', ')}.`,
    });
  }
  return kind.make(checkOptions(name, kind.schema, options) as never);
}

/**
 * A transform as data that JSON can hold, every option included.
 *
 * @throws UsageError for a transform that `transformFromJSON` could not make again, such as one of your own
 */
export function transformToJSON(transform: ImageTransform): TransformData {
  const data = describeTransform(transform);
  transformFromJSON(data);
  return data;
}
