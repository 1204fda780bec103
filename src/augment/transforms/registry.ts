import * as v from 'valibot';
import { DataError, UsageError } from '../../core/errors.js';
import {
  affine,
  affineSchema,
  rotate,
  rotateSchema,
  scale,
  scaleSchema,
  shear,
  shearSchema,
  shift,
  shiftSchema,
} from './affine.js';
import { blur, blurSchema } from './blur.js';
import { compose, oneOf, sometimes } from './combine.js';
import { crop, cropSchema } from './crop.js';
import { elastic, elasticSchema } from './elastic.js';
import { erase, eraseSchema } from './erase.js';
import { flip, flipSchema } from './flip.js';
import { noise, noiseSchema } from './noise.js';
import { brightness, brightnessSchema, contrast, contrastSchema } from './tone.js';
import {
  checkOptions,
  describeTransform,
  type ImageTransform,
  type OptionsSchema,
  type TransformData,
  within,
} from './transform.js';

/** How a transform is made from its options as data. */
export interface TransformKind {
  /** Names, ranges and defaults of the options. */
  readonly schema: OptionsSchema;
  /** Makes the transform; the options have been checked against the schema. */
  make(options: never): ImageTransform;
}

/** Checked in full by the call of `transformFromJSON` that makes it. */
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

/** Every transform that a pipeline file can name. */
export const geometricTransforms: Readonly<Record<string, TransformKind>> = {
  affine: { schema: affineSchema, make: affine },
  blur: { schema: blurSchema, make: blur },
  brightness: { schema: brightnessSchema, make: brightness },
  compose: {
    schema: composeSchema,
    make: ({ name, transforms }: v.InferOutput<typeof composeSchema>) =>
      compose(name, ...transforms.map(transformFromJSON)),
  },
  contrast: { schema: contrastSchema, make: contrast },
  crop: { schema: cropSchema, make: crop },
  elastic: { schema: elasticSchema, make: elastic },
  erase: { schema: eraseSchema, make: erase },
  flip: { schema: flipSchema, make: flip },
  noise: { schema: noiseSchema, make: noise },
  oneOf: {
    schema: oneOfSchema,
    make: ({ transforms }: v.InferOutput<typeof oneOfSchema>) => oneOf(...transforms.map(transformFromJSON)),
  },
  rotate: { schema: rotateSchema, make: rotate },
  scale: { schema: scaleSchema, make: scale },
  shear: { schema: shearSchema, make: shear },
  shift: { schema: shiftSchema, make: shift },
  sometimes: {
    schema: sometimesSchema,
    make: ({ transform, probability }: v.InferOutput<typeof sometimesSchema>) =>
      sometimes(transformFromJSON(transform), probability),
  },
};

/**
 * Makes a transform from `{ name, options }`; options left out have their defaults.
 *
 * @throws DataError for what is no such object; UsageError for a name that does not exist (it lists those that do), and
 *   for an option that does not exist or is out of range (it names the transform and the option)
 */
export function transformFromJSON(data: unknown): ImageTransform {
  if (typeof data !== 'object' || data === null || !('name' in data) || typeof data.name !== 'string') {
    throw new DataError(`a transform is an object with a name, not ${JSON.stringify(data)}`, {
      hint: 'For example { "name": "rotate", "options": { "degrees": 10 } }.',
    });
  }
  const { name, options = {}, ...rest } = data as TransformData;
  const [stray] = Object.keys(rest);
  if (stray !== undefined) {
    throw new DataError(`${name}: a transform has a name and options, but no ${stray}`, {
      hint: 'Settings of a transform belong into its options.',
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
 * @throws UsageError for a transform that `transformFromJSON` could not make again, as one of your own
 */
export function transformToJSON(transform: ImageTransform): TransformData {
  const data = describeTransform(transform);
  transformFromJSON(data);
  return data;
}
