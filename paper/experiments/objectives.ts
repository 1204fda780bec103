/**
 * Search for the options of ATNL and VAE-TL: as many trials for the one as for the other, each trained for three epochs on
 * MNIST's first 55,000 train images and scored on the other 5,000. No test image is used.
 *
 *   node paper/experiments/run.mjs objectives     # about a minute a trial with tfjs-node; continues where it ended
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exactKnn } from '../../src/classify/exactKnn.js';
import { datasetDefaults } from '../../src/cli/produce/dataset.js';
import { encodeAll, reconstructionError } from '../../src/cli/produce/scores.js';
import { trainModel } from '../../src/cli/produce/trainModel.js';
import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { slice } from '../../src/data/imageSource.js';
import { heldOutClassifier } from '../../src/evaluate/interpolation/heldOutClassifier.js';
import {
  type InterpolationPath,
  midpointLabels,
} from '../../src/evaluate/interpolation/latentInterpolation.js';
import { loadMnist } from '../../src/node/builtInSets.js';
import { loadModel } from '../../src/node/loadModel.js';
import type { AtnlOptions } from '../../src/training/learners/atnl.js';
import type { VaeTripletLossOptions } from '../../src/training/learners/vaeTripletLoss.js';
import { accuracyOf, commandOf, experimentBackend, openResult, versionsOf } from './resultFile.js';

type Trial =
  | { readonly learner: 'atnl'; readonly options: AtnlOptions }
  | { readonly learner: 'vaeTripletLoss'; readonly options: VaeTripletLossOptions };

interface Row {
  readonly learner: Trial['learner'];
  readonly options: Trial['options'];
  readonly knn: number;
  readonly reconstruction: number;
  readonly midpointsLerp: number;
  /** Of learners whose codes lie on the sphere. */
  readonly midpointsSlerp?: number;
}

const [EPOCHS, SEED, K] = [3, 1, 10];

const atnl = (options: AtnlOptions): Trial => ({ learner: 'atnl', options });
const vaeTripletLoss = (options: VaeTripletLossOptions): Trial => ({ learner: 'vaeTripletLoss', options });
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

const percent = (share: number | undefined) => (share === undefined ? '–' : (100 * share).toFixed(2));
const names = { atnl: 'ATNL', vaeTripletLoss: 'VAE-TL' };
const describe = (options: object) =>
  Object.entries(options)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

export default async function searchObjectives(): Promise<void> {
  const command = commandOf('objectives');
  const file = openResult<Row>('objectives', { indent: 2 });
  const backend = await experimentBackend('native');
  const { train } = await loadMnist();
  const dataset = { name: 'mnist', train: slice(train, 0, 55_000), test: slice(train, 55_000, 60_000) };
  const judge = await heldOutClassifier(dataset.train, { seed: SEED, steps: 900 });
  const judgeAccuracy = await judge.accuracy(dataset.test);
  const folder = mkdtempSync(join(tmpdir(), 'objectives-'));
  const rows: Row[] = [];

  function save() {
    const about = {
      ...{ schema: 'fewshot.objectives/1', command, seed: SEED },
      ...{ epochs: EPOCHS, k: K, validation: 5000 },
    };
    const versions = versionsOf(backend);
    const table = markdownTable(
      [
        'Learner',
        'Options',
        'KNN on codes, %',
        'class kept, slerp, %',
        'class kept, lerp, %',
        'squared error',
      ],
      rows.map(({ learner, options, knn, reconstruction, midpointsLerp, midpointsSlerp }) => [
        names[learner],
        describe(options),
        percent(knn),
        percent(midpointsSlerp),
        percent(midpointsLerp),
        reconstruction.toFixed(4),
      ]),
    );
    file.write(
      { ...about, backend: backend.name, versions, judge: judgeAccuracy, rows },
      `# Options of ATNL and VAE-TL on validation images\n\n${EPOCHS} epochs on MNIST's first 55,000 train images, one encoder each (seed ${SEED}); scores on the other 5,000. KNN: k = ${K}, all 55,000 as references. Class kept: share of 1,000 mid-points between two images of a class that a CNN, trained on the 55,000, puts into that class; it puts ${percent(judgeAccuracy)} % of the validation images into theirs. Made by \`${command}\`.\n\n${table}\n`,
    );
  }

  async function measure({ learner, options }: Trial): Promise<Row> {
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
    const queries = encodeAll(model, dataset.test);
    const predicted = await exactKnn.predict(references, queries, { k: K, classes: 10 });
    const shareKept = async (path: InterpolationPath) => {
      const settings = { pairs: 1000, path, seed: 5, classify: judge.classify };
      return (await midpointLabels(model, dataset.test, settings)).share;
    };
    const row = {
      learner,
      options,
      knn: accuracyOf(predicted, dataset.test.labels),
      reconstruction: Number(reconstructionError(model, dataset.test).toPrecision(4)),
      midpointsLerp: await shareKept('lerp'),
      ...(model.latentSpace === 'sphere' ? { midpointsSlerp: await shareKept('slerp') } : {}),
    };
    model.dispose();
    return row;
  }

  for (const { learner, options } of trials) {
    const same = file.kept.find(
      (row) => row.learner === learner && JSON.stringify(row.options) === JSON.stringify(options),
    );
    if (same !== undefined) {
      rows.push(same);
      continue;
    }
    rows.push(await measure({ learner, options } as Trial));
    save();
    console.error(JSON.stringify(rows.at(-1)));
  }
  save();
  judge.dispose();
  rmSync(folder, { recursive: true });
}
