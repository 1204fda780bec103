/**
 * What `stream-memory` and `code-memory` run: hallucinates images or codes, batches them, and reads the batches more slowly than
 * they are made.
 *
 *   node bench/streamMemory.mjs NUMBER [codes]
 *
 * Prints one JSON object: resident memory in MB at 400 moments, the most items that were made and not yet read, the
 * bound that this has, and the tensors before and after.
 */
import { setTimeout as wait } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs';
import { forEachBatch, fromPull, hallucinate, loadModel, selectBackend, toBatches } from '../dist/index.js';
import { drawings, noise } from './timing.mjs';

const [classes, shots, batchSize, decodedAtOnce, readAhead, moments] = [10, 5, 250, 128, 1, 400];
const [, , images, kind] = process.argv;

await selectBackend();
let decoded = 0;

/** Images, and a model that counts those that it decodes. */
async function ofImages() {
  const model = await loadModel('mnist-plain');
  const support = drawings(classes * shots, classes);
  const decode = (codes) => {
    decoded += codes.shape[0];
    return model.decode(codes);
  };
  return { support, encoder: { ...model, decode }, options: {} };
}

/** Codes as those of an extractor of photos, and a check that counts those that were made. */
function ofCodes() {
  const size = 320;
  const values = noise(classes * shots * size);
  const support = Array.from({ length: classes * shots }, (_, i) => {
    const code = values.slice(i * size, (i + 1) * size).map((value) => value - 0.5);
    const length = Math.hypot(...code);
    return { code: code.map((value) => value / length), label: i % classes };
  });
  const encoder = {
    ...{ name: 'noise', digest: '0'.repeat(64) },
    ...{ latentSize: size, latentSpace: 'sphere', styleSize: 0 },
  };
  const labelCheck = (codes) => {
    decoded += codes.length;
    return codes.map(() => true);
  };
  return { support, encoder, options: { labelCheck } };
}

const { support, encoder, options } = kind === 'codes' ? ofCodes() : await ofImages();

/** The batches of `count` items. Those of the support set come first, and nothing has to be made for them. */
const batches = (count) =>
  fromPull(support).pipe(
    hallucinate(encoder, {
      ...options,
      ...{ perClass: Math.ceil(count / classes), seed: 1, batchSize: decodedAtOnce },
    }),
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
      if (read * moments >= (resident.length + 1) * count) {
        globalThis.gc?.();
        resident.push(process.memoryUsage.rss() / 2 ** 20);
      }
      started = performance.now();
    },
    { readAhead },
  );
  tensors.after = tf.memory().numTensors;
  return { images: decoded, resident, ahead, tensors };
}

// Compilers and caches settle before anything is counted.
await stream(20_000);
const facts = await stream(Number(images));
// A reader that wants one more batch has it decoded in whole calls.
process.stdout.write(JSON.stringify({ ...facts, bound: readAhead * batchSize + decodedAtOnce }));
