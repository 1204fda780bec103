/** What is measured, as data: each side computes it with its own library. */

const passes = ['forward', 'gradient of the input', 'gradient of the filter'];
const convolutions = [
  { images: 32, side: 28, channels: 1, kernel: 3, stride: 1, filters: 32 },
  { images: 32, side: 14, channels: 32, kernel: 3, stride: 1, filters: 64 },
  { images: 128, side: 14, channels: 32, kernel: 4, stride: 2, filters: 64 },
];
const convolutionName = ({ images, side, channels, kernel, stride, filters }) =>
  `${images} images ${side}×${side}×${channels}, ${kernel}×${kernel} → ${filters}${stride > 1 ? `, stride ${stride}` : ''}`;

/** Sizes of the variables of the shipped autoencoder, 270,561 weights: a kernel or matrix and its bias in turn. */
const autoencoder = [512, 32, 32_768, 64, 100_352, 32, 100_352, 3136, 32_768, 32, 512, 1];
const weights = autoencoder.reduce((sum, size) => sum + size, 0);

export const cases = [
  ...convolutions.flatMap((shape) =>
    passes.map((pass) => ({
      ...{ name: `convolution, ${convolutionName(shape)}: ${pass}`, kind: 'convolution' },
      ...{ pass, ...shape },
    })),
  ),
  { name: 'matMul 128×784 · 784×256', ...product(128, 784, 256) },
  { name: 'its gradient of the left: 128×256 · (784×256)ᵀ', ...product(128, 256, 784), transposed: 'right' },
  { name: 'its gradient of the right: (128×784)ᵀ · 128×256', ...product(784, 128, 256), transposed: 'left' },
  { name: 'matMul 512×512 · 512×512', ...product(512, 512, 512) },
  {
    name: 'gradient of a 2×2 max-pool, 32 images 28×28×32',
    kind: 'pool',
    images: 32,
    side: 28,
    channels: 32,
  },
  { name: `step of Adam, ${weights.toLocaleString('en')} weights`, kind: 'adam', sizes: autoencoder },
  {
    name: 'training step of a small CNN, batch 32',
    kind: 'training',
    images: 32,
    side: 28,
    filters: [16, 32],
  },
];

function product(rows, inner, columns) {
  return { kind: 'product', rows, inner, columns, transposed: 'none' };
}

/** Pairs of an output and a tap inside the image along an axis of a `same` convolution. */
function tapsAlong({ side, kernel, stride }) {
  const outputs = Math.ceil(side / stride);
  const before = Math.max(0, (outputs - 1) * stride + kernel - side) >> 1;
  let taps = 0;
  for (let output = 0; output < outputs; output++)
    for (let tap = 0; tap < kernel; tap++) {
      const at = output * stride + tap - before;
      if (at >= 0 && at < side) taps++;
    }
  return taps;
}

const convolutionOperations = (shape) =>
  2 * shape.images * tapsAlong(shape) ** 2 * shape.channels * shape.filters;

/** The net of `training`: each convolution 3×3 with a max-pool behind it, then a dense layer. */
function trainingOperations({ images, side, filters: [first, second] }) {
  const layer = { images, kernel: 3, stride: 1 };
  return (
    // Nothing needs the first layer's gradient of its input.
    2 * convolutionOperations({ ...layer, side, channels: 1, filters: first }) +
    3 * convolutionOperations({ ...layer, side: side / 2, channels: first, filters: second }) +
    3 * 2 * images * (side / 4) ** 2 * second * 10
  );
}

/** Multiplications and additions of a case by plain sums, or undefined where it has hardly any. Taps in padding are none. */
export function operations(one) {
  if (one.kind === 'convolution') return convolutionOperations(one);
  if (one.kind === 'product') return 2 * one.rows * one.inner * one.columns;
  return one.kind === 'training' ? trainingOperations(one) : undefined;
}
