/**
 * A side in TensorFlow.js: `node worker.mjs ours | stock | native`. For each case on a line of its stdin, as JSON, it measures a
 * round of it.
 */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { prepare } from './tensorflow.mjs';

/** Milliseconds that a round takes at least. */
const ROUND = 40;

const require = createRequire(import.meta.url);
const reply = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const [, , side] = process.argv;

async function load() {
  if (side === 'native') return require('@tensorflow/tfjs-node');
  const tf = require('@tensorflow/tfjs');
  require('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  return tf;
}

const versions = (tf) => ({
  node: process.versions.node,
  [side === 'native' ? 'tfjs-node' : 'tfjs']: tf.version.tfjs,
});

/** What the side says of itself, and what measures a round of `{kind: 'limit'}` where it knows that. */
async function start(tf) {
  if (side !== 'ours') return { facts: { versions: versions(tf) } };
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
  const { arithmetic, register } = await import('../dist/index.js');
  register();
  const { limit } = await import('./limit.mjs');
  return { facts: { versions: versions(tf), arithmetic: arithmetic() }, limit: limit() };
}

/** Number of values that a run gave, which it frees. */
function freed(tf, output) {
  if (!(output instanceof tf.Tensor)) return 0;
  output.dispose();
  return output.size;
}

async function timed(tf, run, times) {
  const before = performance.now();
  let values = 0;
  for (let i = 0; i < times; i++) values = freed(tf, await run());
  return { ms: (performance.now() - before) / times, values };
}

/** Milliseconds of a run, and the number of values that it gives; `missing` where the backend lacks a kernel. */
async function measure(tf, run, state) {
  try {
    // The first runs warm up; how long they take says how many make a round.
    state.times ??= Math.ceil(ROUND / Math.min((await timed(tf, run, 1)).ms, (await timed(tf, run, 2)).ms));
    return await timed(tf, run, state.times);
  } catch (error) {
    if (/not registered/.test(error.message)) return { missing: error.message };
    throw error;
  }
}

try {
  const tf = await load();
  const { facts, limit } = await start(tf);
  reply({ ready: facts });
  let [line, run, state] = ['', undefined, {}];
  for await (const asked of createInterface({ input: process.stdin })) {
    const one = JSON.parse(asked);
    if (one.kind === 'limit') {
      reply({ value: limit() });
      continue;
    }
    if (asked !== line) {
      if (line !== '') tf.engine().endScope();
      tf.engine().startScope();
      [line, run, state] = [asked, prepare[one.kind](tf, one, side === 'ours'), {}];
    }
    reply({ value: await measure(tf, run, state) });
  }
} catch (error) {
  reply({ failed: error.stack });
}
