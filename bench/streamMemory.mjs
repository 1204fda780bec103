/**
 * What `stream-memory` runs: hallucinates images, batches them, and reads the batches more slowly than they are made.
 *
 *   node bench/streamMemory.mjs IMAGES
 *
 * Prints one JSON object: resident memory in MB at 400 moments, the most images that were decoded and not yet read, the
 * bound that this has, and the tensors before and after.
 */
import { setTimeout as wait } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs';
import { forEachBatch, fromPull, hallucinate, loadModel, selectBackend, toBatches } from '../dist/index.js';
import { noise } from './timing.mjs';

const [classes, shots, batchSize, decodedAtOnce, readAhead, moments] = [10, 5, 250, 128, 1, 400];
const images = Number(process.argv[2]);

await selectBackend();
const model = await loadModel('mnist');
const size = 28 * 28;
const pixels = noise(classes * shots * size);
const support = Array.from({ length: classes * shots }, (_, i) => ({
  pixels: pixels.subarray(i * size, (i + 1) * size),
  shape: [28, 28, 1],
  label: i % classes,
}));

let decoded = 0;
const counting = {
  ...model,
  decode(codes) {
    decoded += codes.shape[0];
    return model.decode(codes);
  },
};

/** The batches of `count` images. Those of the support set come first, and nothing has to be decoded for them. */
const batches = (count) =>
  fromPull(support).pipe(
    hallucinate(counting, { perClass: Math.ceil(count / classes), seed: 1, batchSize: decodedAtOnce }),
    toBatches(batchSize, { classes }),
  );

/** Memory, the most images ahead of the reader, and tensors, over one reading. */
async function stream(count) {
  const resident = [];
  let [read, ahead] = [0, 0];
  decoded = 0;
  const tensors = { before: tf.memory().numTensors };
  let started = performance.now();
  await forEachBatch(
    batches(count),
    async ({ xs }) => {
      read += xs.shape[0];
      // As long again as the batch took to come, and half as long: slower than they are made.
      await wait(1.5 * (performance.now() - started));
      ahead = Math.max(ahead, decoded - (read - support.length));
      if (read * moments >= (resident.length + 1) * count) resident.push(process.memoryUsage.rss() / 2 ** 20);
      started = performance.now();
    },
    { readAhead },
  );
  tensors.after = tf.memory().numTensors;
  return { images: decoded, resident, ahead, tensors };
}

// Compilers and caches settle before anything is counted.
await stream(20_000);
const facts = await stream(images);
// A reader that wants one more batch has it decoded in whole calls.
process.stdout.write(JSON.stringify({ ...facts, bound: readAhead * batchSize + decodedAtOnce }));
