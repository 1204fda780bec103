/**
 * Times the kernels that training spends most of its time in, and one training step of a small CNN, on the wasm backend
 * with this package, on the stock wasm backend and on the cpu backend. Prints a Markdown table of medians.
 *
 *   npm run bench --workspace tfjs-wasm-training
 *   npm run bench --workspace tfjs-wasm-training -- 15   # rounds; 7 unless said
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs');
require('@tensorflow/tfjs-backend-wasm');
const { register } = await import('../dist/index.js');

const rounds = Number(process.argv[2] ?? 7);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error('The number of rounds is a whole number of at least 1.');
/** Milliseconds after which a case is not run again. */
const TOO_LONG = 3000;

const uniform = (...shape) => tf.randomUniform(shape, -1, 1, 'float32', 1);
const kernel = (name, inputs, attrs) => () => tf.engine().runKernel(name, inputs, attrs);

/** Each case makes its tensors on the current backend and returns what is timed. */
const cases = {
  'conv2d, 32 images of 28×28×8, 3×3 to 16 channels': () =>
    kernel('Conv2D', { x: uniform(32, 28, 28, 8), filter: uniform(3, 3, 8, 16) }, convolution),
  '… its gradient of the filter': () =>
    kernel(
      'Conv2DBackpropFilter',
      { x: uniform(32, 28, 28, 8), dy: uniform(32, 28, 28, 16) },
      {
        ...convolution,
        filterShape: [3, 3, 8, 16],
      },
    ),
  '… its gradient of the input': () =>
    kernel(
      'Conv2DBackpropInput',
      { dy: uniform(32, 28, 28, 16), filter: uniform(3, 3, 8, 16) },
      {
        ...convolution,
        inputShape: [32, 28, 28, 8],
      },
    ),
  'matMul, A 128×784 by B 784×256': () => product(uniform(128, 784), uniform(784, 256), false, false),
  '… its gradient of A': () => product(uniform(128, 256), uniform(784, 256), false, true),
  '… its gradient of B': () => product(uniform(128, 784), uniform(128, 256), true, false),
  'a training step of a small CNN, batch 32': trainingStep,
};

const convolution = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 };

function product(a, b, transposeA, transposeB) {
  return kernel('BatchMatMul', { a, b }, { transposeA, transposeB });
}

function trainingStep() {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [28, 28, 1],
        filters: 16,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
      }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  const images = uniform(32, 28, 28, 1);
  const labels = tf.oneHot(tf.range(0, 32, 1, 'int32').mod(tf.scalar(10, 'int32')), 10).toFloat();
  return () => model.trainOnBatch(images, labels);
}

/** Median of the milliseconds that a case takes on the current backend, or undefined if a kernel is missing. */
async function median(prepare) {
  const run = prepare();
  try {
    // The first run warms up; where it takes too long, it is the measurement.
    const first = await timed(run);
    if (first > TOO_LONG) return first;
    const times = [];
    for (let round = 0; round < rounds; round++) times.push(await timed(run));
    return times.sort((left, right) => left - right)[Math.floor(times.length / 2)];
  } catch (error) {
    if (/not registered/.test(error.message)) return undefined;
    throw error;
  }
}

async function timed(run) {
  const start = performance.now();
  const output = await run();
  if (output instanceof tf.Tensor) {
    output.dataSync();
    output.dispose();
  }
  return performance.now() - start;
}

async function measure(backend) {
  await tf.setBackend(backend);
  // The first tensor of the cpu backend would print an advertisement for tfjs-node.
  tf.backend().firstUse = false;
  const medians = {};
  for (const [name, prepare] of Object.entries(cases)) {
    tf.engine().startScope();
    medians[name] = await median(prepare);
    tf.engine().endScope();
  }
  return medians;
}

const stock = await measure('wasm');
const cpu = await measure('cpu');
await tf.setBackend('wasm');
register();
const ours = await measure('wasm');

const digits = (value) => value.toFixed(value < 10 ? 1 : 0);
const time = (milliseconds) => (milliseconds === undefined ? 'missing' : `${digits(milliseconds)} ms`);
const ratio = (there, here) => (there === undefined ? '' : `${digits(there / here)}×`);
const line = (cells) => console.log(`| ${cells.join(' | ')} |`);
line(['case', 'wasm + register()', 'stock wasm', 'cpu', 'stock / ours', 'cpu / ours']);
line(['---', '--:', '--:', '--:', '--:', '--:']);
for (const name of Object.keys(cases)) {
  const [here, there, plain] = [ours[name], stock[name], cpu[name]];
  line([name, time(here), time(there), time(plain), ratio(there, here), ratio(plain, here)]);
}
