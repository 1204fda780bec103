import { addTo, hallucinate, KnnClassifier, loadModel, selectBackend } from 'fewshot-atnl';
import { Subject } from 'rxjs';
import { openCamera } from './camera.mjs';

// What the classifiers compare is pixels, or with `codes` the encoder's activations.
const [features = 'pixels', ...numbers] = process.argv.slice(2);
const [seed = 1, shots = 10, queriesPerDigit = 50] = numbers.map(Number);
const { photos, queries } = await openCamera({ shots, queries: queriesPerDigit, seed });

await selectBackend('wasm');
const encoder = await loadModel('mnist-plain');
const options = { engine: 'tfjs', k: 1, encoder: features === 'codes' ? encoder : undefined };
const plain = new KnnClassifier(options);
const enlarged = new KnnClassifier(options);

/** Hallucinations for each photo. */
const ratio = 10;
const arrivals$ = new Subject();
arrivals$.pipe(addTo(plain)).subscribe();
arrivals$.pipe(hallucinate(encoder, { ratio, batchSize: ratio, seed }), addTo(enlarged)).subscribe();

async function accuracyOf(knn) {
  const answers = await knn.predictAll(queries);
  const right = answers.filter(({ label }, i) => label === queries[i].label).length;
  return `${((100 * right) / queries.length).toFixed(1)} % (${knn.count})`;
}

const row = (...columns) =>
  columns
    .map((column) => `${column}`.padEnd(18))
    .join('')
    .trimEnd();
console.log('Right answers (examples known):');
console.log(row('photos', 'photos alone', `${ratio} hallucinations for each`));
let arrived = 0;
for await (const photo of photos) {
  arrivals$.next(photo); // when this returns, both have learnt the photo and what was made of it
  if (++arrived % 10 === 0) console.log(row(arrived, await accuracyOf(plain), await accuracyOf(enlarged)));
}
arrivals$.complete();
