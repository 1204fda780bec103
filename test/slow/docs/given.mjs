// Gives the examples of the pages what docs/README.md says that they take as given: five photos of each digit, in small.
import { mkdir, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { fromPull, loadModel, selectBackend } from 'fewshot-atnl';
import { encodePng, imagesOf, loadMnist, sampleEpisode } from 'fewshot-atnl/data';

await selectBackend('wasm');
const { train, test } = await loadMnist();
const { support } = sampleEpisode(
  { support: train, query: test },
  { shots: 5, seed: 1, episode: 0, queries: 1 },
);
const photos = [...imagesOf(support)];

const net = tf.sequential();
net.add(tf.layers.flatten({ inputShape: [28, 28, 1] }));
net.add(tf.layers.dense({ units: 10, activation: 'softmax' }));
net.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

Object.assign(globalThis, {
  photos,
  images$: fromPull(photos),
  classes: support.classes,
  model: await loadModel('mnist'),
  net,
});

// A folder of them.
for (const [i, photo] of photos.entries()) {
  await mkdir(`things/${photo.label}`, { recursive: true });
  await writeFile(`things/${photo.label}/${i}.png`, encodePng(photo.pixels, photo.shape));
}

/** Runs what its arguments name, one after the other, and says what was left in memory. */
for (const file of process.argv.slice(2)) {
  const before = tf.memory().numTensors;
  await import(file);
  console.log(`ran ${file}, which left ${tf.memory().numTensors - before} tensors`);
}
