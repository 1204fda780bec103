/** How TensorFlow.js computes a case: `prepare[kind](tf, case, ours)` makes its tensors and returns what is timed. */

const uniform = (tf, ...shape) => tf.randomUniform(shape, -1, 1, 'float32', 1);

function convolution(tf, { pass, images, side, channels, kernel, stride, filters }) {
  const attrs = { strides: stride, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
  const run = (name, inputs, own) => () => tf.engine().runKernel(name, inputs, { ...attrs, ...own });
  const inputShape = [images, side, side, channels];
  const filterShape = [kernel, kernel, channels, filters];
  const [x, filter] = [uniform(tf, ...inputShape), uniform(tf, ...filterShape)];
  if (pass === 'forward') return run('Conv2D', { x, filter });
  const dy = uniform(tf, images, Math.ceil(side / stride), Math.ceil(side / stride), filters);
  if (pass === 'gradient of the input') return run('Conv2DBackpropInput', { dy, filter }, { inputShape });
  return run('Conv2DBackpropFilter', { x, dy }, { filterShape });
}

function product(tf, { rows, inner, columns, transposed }) {
  const [left, right] = [transposed === 'left', transposed === 'right'];
  const a = uniform(tf, ...(left ? [inner, rows] : [rows, inner]));
  const b = uniform(tf, ...(right ? [columns, inner] : [inner, columns]));
  return () => tf.matMul(a, b, left, right);
}

function pool(tf, { images, side, channels }) {
  const input = uniform(tf, images, side, side, channels);
  const output = tf.maxPool(input, 2, 2, 'valid');
  const inputs = { dy: uniform(tf, ...output.shape), input, output };
  return () => tf.engine().runKernel('MaxPoolGrad', inputs, { filterSize: 2, strides: 2, pad: 'valid' });
}

/** Ours is the kernel that takes all variables in one pass; the others' is the optimizer of TensorFlow.js. */
function adam(tf, { sizes }, ours) {
  const gradients = sizes.map((size) => uniform(tf, size));
  if (!ours) {
    const optimizer = tf.train.adam(0.001);
    const variables = sizes.map((size) => tf.variable(uniform(tf, size)));
    const named = Object.fromEntries(variables.map(({ name }, i) => [name, gradients[i]]));
    return () => optimizer.applyGradients(named);
  }
  const weights = sizes.reduce((sum, size) => sum + size, 0);
  const attrs = { beta1: 0.9, beta2: 0.999, rate: 0.001, epsilon: 1e-7, keep: sizes.map(() => 1) };
  let state = [tf.zeros([weights]), tf.zeros([weights]), ...sizes.map((size) => uniform(tf, size))];
  return () => {
    const [mean, square, ...values] = state;
    const inputs = [mean, square, ...values.flatMap((value, i) => [gradients[i], value])];
    const next = tf.engine().runKernel('AdamStep', inputs, attrs);
    tf.dispose(state);
    state = next;
  };
}

function training(tf, { images, side, filters: [first, second] }) {
  const layer = { kernelSize: 3, padding: 'same', activation: 'relu' };
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ ...layer, inputShape: [side, side, 1], filters: first }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ ...layer, filters: second }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  const labels = tf.oneHot(tf.range(0, images, 1, 'int32').mod(tf.scalar(10, 'int32')), 10).toFloat();
  const xs = uniform(tf, images, side, side, 1);
  return () => model.trainOnBatch(xs, labels);
}

export const prepare = { convolution, product, pool, adam, training };
