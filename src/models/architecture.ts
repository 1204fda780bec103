import * as v from 'valibot';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

/** Schema of the part of a model file that says how its nets are built. */
export const architectureSchema = v.pipe(
  v.strictObject({
    kind: v.literal('convolutional'),
    imageShape: v.tuple([positive, positive, positive]),
    latentSize: positive,
    latentSpace: v.picklist(['sphere', 'euclidean']),
    /** Whether the encoder gives normal distributions of codes, which need euclidean codes. Absent: no. */
    variational: v.exactOptional(v.boolean()),
    /** Values of a code, its last ones, that hold the style of an image instead of its class. Absent: none. */
    styleSize: v.exactOptional(positive),
    filters: v.pipe(v.array(positive), v.minLength(1), v.maxLength(6)),
    kernelSize: v.pipe(positive, v.maxValue(9)),
  }),
  v.check(
    ({ latentSpace, variational }) => !(variational && latentSpace === 'sphere'),
    'an encoder that gives normal distributions needs euclidean codes',
  ),
  v.check(
    ({ latentSpace, styleSize }) => styleSize === undefined || latentSpace === 'sphere',
    'a style part needs codes on the sphere',
  ),
  v.check(
    ({ latentSize, styleSize = 0 }) => latentSize - styleSize >= 2,
    'at least two values of a code must be left for the class',
  ),
);

/**
 * How a convolutional autoencoder is built. The encoder halves the image once per entry of `filters` with strided
 * convolutions and maps the rest to the code by one dense layer (a variational one by a second layer to the logarithm of
 * the code's variances); the decoder mirrors it with transposed convolutions. With a style part, a code is two points on two
 * smaller spheres, each of radius √½, side by side: the first says what the image shows, the second how; together they
 * are a point of the unit sphere.
 */
export type Architecture = v.InferOutput<typeof architectureSchema>;

/** The architecture of the shipped MNIST encoder. */
export const mnistArchitecture: Architecture = {
  kind: 'convolutional',
  imageShape: [28, 28, 1],
  latentSize: 32,
  latentSpace: 'sphere',
  filters: [32, 64],
  kernelSize: 4,
};
