/**
 * The search for the options of ATNL and VAE-TL: as many trials for the one as for the other, each trained for three
 * epochs on MNIST's first 55,000 train images and scored on the other 5,000. The test set is not looked at.
 *
 *   npm run build
 *   node experiments/objectives.mjs                    # about a minute a trial with tfjs-node; goes on where it ended
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  exactKnn,
  heldOutClassifier,
  loadMnist,
  loadModel,
  midpointLabels,
  selectBackend,
  slice,
  version,
} from '../dist/index.js';
import { datasetDefaults } from '../dist/produce/dataset.js';
import { encodeAll, reconstructionError } from '../dist/produce/scores.js';
import { trainModel } from '../dist/produce/trainModel.js';
import { markdownTable } from '../dist/report/plots/markdownTable.js';

const command = 'node experiments/objectives.mjs';
const file = fileURLToPath(new URL('../docs/results/objectives.json', import.meta.url));
const EPOCHS = 3;
const SEED = 1;
const K = 10;

const atnl = (options) => ({ learner: 'atnl', options });
const vaeTripletLoss = (options) => ({ learner: 'vaeTripletLoss', options });
const trials = [
  ...[0, 0.3, 0.6].map((noise) => atnl({ lambda: 80, margin: 1, noise })),
  atnl({ lambda: 80, margin: 0.5, noise: 0.3 }),
  atnl({ lambda: 80, margin: 2, noise: 0.3 }),
  atnl({ lambda: 20, margin: 1, noise: 0.3 }),
  ...[1, 2].flatMap((margin) => [320, 1280].map((lambda) => atnl({ lambda, margin, noise: 0.3 }))),
  atnl({ lambda: 320, margin: 1, noise: 0.3, negative: 'positive' }),
  atnl({ lambda: 320, margin: 1, noise: 0.6 }),
  ...[20, 80, 320, 1280].map((lambda) => vaeTripletLoss({ lambda, margin: 1 })),
  ...[80, 320, 1280].map((lambda) => vaeTripletLoss({ lambda, margin: 2 })),
  ...[80, 320, 1280].map((lambda) => vaeTripletLoss({ lambda, margin: 4 })),
  ...[80, 320].map((lambda) => vaeTripletLoss({ lambda, margin: 0.5 })),
];

const percent = (share) => (share === undefined ? '–' : (100 * share).toFixed(2));
const names = { atnl: 'ATNL', vaeTripletLoss: 'VAE-TL' };
const describe = (options) =>
  Object.entries(options)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

const backend = await selectBackend(process.env.FEWSHOT_BACKEND ?? 'native');
const { train } = await loadMnist();
const dataset = { name: 'mnist', train: slice(train, 0, 55_000), test: slice(train, 55_000, 60_000) };
const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : [];
const rows = [];
function save() {
  const about = {
    schema: 'fewshot.objectives/1',
    command,
    seed: SEED,
    epochs: EPOCHS,
    k: K,
    validation: 5000,
  };
  const versions = { 'fewshot-atnl': version, ...backend.versions };
  const result = { ...about, backend: backend.name, versions, judge: judgeAccuracy, rows };
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  const table = markdownTable(
    ['Learner', 'Options', 'KNN on codes, %', 'class kept, slerp, %', 'class kept, lerp, %', 'squared error'],
    rows.map(({ learner, options, knn, reconstruction, midpointsLerp, midpointsSlerp }) => [
      names[learner],
      describe(options),
      percent(knn),
      percent(midpointsSlerp),
      percent(midpointsLerp),
      reconstruction.toFixed(4),
    ]),
  );
  writeFileSync(
    file.replace('.json', '.md'),
    `# Options of ATNL and VAE-TL on validation images\n\n${EPOCHS} epochs on MNIST's first 55,000 train images, one encoder each (seed ${SEED}); scores on the other 5,000. KNN: k = ${K}, all 55,000 as references. Class kept: share of 1,000 mid-points between two images of a class that a CNN, trained on the 55,000, puts into that class; it puts ${percent(judgeAccuracy)} % of the validation images into theirs. Made by \`${command}\`.\n\n${table}\n`,
  );
}
const judge = await heldOutClassifier(dataset.train, { seed: SEED, steps: 900 });
const judgeAccuracy = await judge.accuracy(dataset.test);
const folder = mkdtempSync(join(tmpdir(), 'objectives-'));

for (const { learner, options } of trials) {
  const same = kept.find(
    (row) => row.learner === learner && JSON.stringify(row.options) === JSON.stringify(options),
  );
  if (same !== undefined) {
    rows.push(same);
    continue;
  }
  const out = join(folder, 'trial.safetensors');
  const recipe = {
    ...{ data: 'mnist', architecture: datasetDefaults('mnist').architecture, learner, options },
    ...{ epochs: EPOCHS, batchSize: 128, learningRate: 1e-3, seed: SEED, shift: 1, base: 0 },
  };
  await trainModel({ recipe, out, resume: false, force: true, dataset, backend, command });
  const model = await loadModel(out);
  const references = {
    values: encodeAll(model, dataset.train),
    dimension: model.latentSize,
    labels: dataset.train.labels,
  };
  const found = await exactKnn.predict(references, encodeAll(model, dataset.test), { k: K, classes: 10 });
  const right = found.filter((label, i) => label === dataset.test.labels[i]).length;
  const kept95 = async (path) =>
    (await midpointLabels(model, dataset.test, { pairs: 1000, path, seed: 5, classify: judge.classify }))
      .share;
  rows.push({
    learner,
    options,
    knn: right / dataset.test.labels.length,
    reconstruction: Number(reconstructionError(model, dataset.test).toPrecision(4)),
    midpointsLerp: await kept95('lerp'),
    ...(model.latentSpace === 'sphere' ? { midpointsSlerp: await kept95('slerp') } : {}),
  });
  model.dispose();
  save();
  console.error(JSON.stringify(rows.at(-1)));
}
save();
rmSync(folder, { recursive: true });
