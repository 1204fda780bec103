// Which part of the pipeline helps this net, and how surely: every arm on the same photos, seed by seed.
import * as tf from '@tensorflow/tfjs';
import { affine, geometric, hallucinate, loadModel, pullThrough, selectBackend } from 'fewshot-atnl';
import { estimate, pairedDifference } from 'fewshot-atnl/evaluate';
import { pipe, repeat } from 'rxjs';
import { smallCnn } from './cnn.mjs';
import { loadDigits, toTensors } from './digits.mjs';

const [seeds = 20, copies = 20, queries = 2000] = process.argv.slice(2).map(Number);
await selectBackend('wasm');
const model = await loadModel('mnist-plain');

// Each makes 100 · copies images of the 50 photos.
const arms = {
  'photos alone': () => repeat(2 * copies),
  hallucinate: (seed) => hallucinate(model, { perClass: 10 * copies - 5, seed }),
  affine: () => geometric(affine(), { copies: 2 * copies }),
  'hallucinate + affine': (seed) =>
    pipe(hallucinate(model, { perClass: 5, seed }), geometric(affine(), { copies })),
};

async function percentRight(photos, test, more, seed) {
  const stream = tf.data.generator(() => pullThrough(photos, more));
  const samples = stream
    .shuffle(100 * copies, `${seed}`)
    .map(toTensors)
    .batch(20);
  const net = smallCnn(seed);
  await net.fitDataset(samples, { epochs: 1, verbose: 0 });
  const [loss, share] = await net.evaluateDataset(tf.data.array(test).map(toTensors).batch(100));
  const [right] = await share.data();
  tf.dispose([loss, share, net]);
  return 100 * right;
}

const results = Object.fromEntries(Object.keys(arms).map((name) => [name, []]));
for (let seed = 1; seed <= seeds; seed++) {
  const { photos, test } = loadDigits({ shots: 5, seed, queries });
  for (const [name, arm] of Object.entries(arms)) {
    results[name].push(await percentRight(photos, test, arm(seed), seed));
  }
}

const written = ({ mean, ci95 }) => `${mean.toFixed(1)} ± ${ci95 === null ? '–' : ci95.toFixed(1)}`;
console.log(`${'arm'.padEnd(22)}${'accuracy'.padEnd(14)}${'vs photos'.padEnd(14)}vs affine`);
for (const [name, values] of Object.entries(results)) {
  const columns = [
    estimate(values),
    ...[results['photos alone'], results.affine].map((base) => pairedDifference(values, base)),
  ];
  console.log(
    name.padEnd(22) +
      columns
        .map((column) => written(column).padEnd(14))
        .join('')
        .trimEnd(),
  );
}
console.log(
  `Percent of ${queries} test images, mean ± 95 % interval over seeds 1 to ${seeds}, paired by seed.`,
);
