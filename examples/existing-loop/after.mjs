import * as tf from '@tensorflow/tfjs';
import { affine, geometric, hallucinate, loadModel, pullThrough, selectBackend } from 'fewshot-atnl';
import { smallCnn } from './cnn.mjs';
import { loadDigits, toTensors } from './digits.mjs';

// How often each of the 50 photos is seen is twice `copies`.
const [seed = 1, copies = 20, queries = 2000] = process.argv.slice(2).map(Number);
const { photos, test } = loadDigits({ shots: 5, seed, queries });

await selectBackend();
const model = await loadModel('mnist-plain');
const more = (few$) => few$.pipe(hallucinate(model, { perClass: 5, seed }), geometric(affine(), { copies }));
const stream = tf.data.generator(() => pullThrough(photos, more));
const samples = stream
  .shuffle(100 * copies, `${seed}`)
  .map(toTensors)
  .batch(20);

const net = smallCnn(seed);
const start = performance.now();
await net.fitDataset(samples, { epochs: 1, verbose: 0 });
const seconds = (performance.now() - start) / 1000;

const [, share] = await net.evaluateDataset(tf.data.array(test).map(toTensors).batch(100));
const percent = (100 * (await share.data())[0]).toFixed(1);
console.log(`seed ${seed}: ${percent} % of ${queries} test images; trained for ${seconds.toFixed(1)} s`);
