/**
 * What brings the linear probe of AE and VAE nearer to the poster's Table 1: longer training, larger codes, a lighter
 * divergence, a probe with a smaller penalty. Each encoder is trained on MNIST's first 55,000 train images and scored on
 * the other 5,000. No test image is used.
 *
 *   node paper/experiments/run.mjs linearProbes     # some minutes a trial with tfjs-node; continues where it ended
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { exactKnn } from '../../src/classify/exactKnn.js';
import { datasetDefaults } from '../../src/cli/produce/dataset.js';
import { encodeAll, reconstructionError } from '../../src/cli/produce/scores.js';
import { trainModel } from '../../src/cli/produce/trainModel.js';
import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { type ImageSource, slice } from '../../src/data/imageSource.js';
import { linearProbe } from '../../src/evaluate/metrics/linearProbe.js';
import { loadMnist } from '../../src/node/builtInSets.js';
import { loadModel } from '../../src/node/loadModel.js';
import {
  accuracyOf,
  commandOf,
  experimentBackend,
  inRepository,
  isOf,
  openResult,
  versionsOf,
} from './resultFile.js';

interface Trial {
  readonly learner: 'ae' | 'vae';
  readonly epochs: number;
  readonly latentSize: number;
  readonly filters: readonly number[];
  readonly options: { readonly beta?: number };
}

interface Row extends Trial {
  readonly knn: number;
  /** Accuracy of each of `probes` that was fitted. */
  readonly linear: readonly number[];
  readonly reconstruction: number;
}

const [SEED, K, CLASSES] = [1, 10, 10];
const { architecture } = datasetDefaults('mnist');

/** Trials as in Table 1 come first; each other trial changes one thing. */
const table1 = { epochs: 6, latentSize: architecture.latentSize, filters: architecture.filters, options: {} };
const changes = [{}, { epochs: 12 }, { latentSize: 128 }, { latentSize: 256 }];
const trials: readonly Trial[] = [
  ...(['ae', 'vae'] as const).flatMap((learner) =>
    changes.map((change) => ({ learner, ...table1, ...change })),
  ),
  { learner: 'vae', ...table1, options: { beta: 0.25 } },
];
/** The probe of Table 1, and, for codes of the size there, one with hardly a penalty and all the steps it asks for. */
const probes = [{}, { l2: 1e-7, iterations: 2000 }];
const probesOf = ({ latentSize }: Trial) => (latentSize === table1.latentSize ? probes : probes.slice(0, 1));

const percent = (share: number) => (100 * share).toFixed(2);

export default async function compareLinearProbes(): Promise<void> {
  const command = commandOf('linearProbes');
  const file = openResult<Row>('linear-probes', { indent: 2 });
  const work = inRepository('.fewshot/linear-probes/');
  const backend = await experimentBackend('native');
  const { train } = await loadMnist();
  const dataset = { name: 'mnist', train: slice(train, 0, 55_000), test: slice(train, 55_000, 60_000) };
  mkdirSync(work, { recursive: true });
  const rows: Row[] = [];

  function save() {
    const about = { schema: 'fewshot.linear-probes/1', command, seed: SEED, k: K, validation: 5000, probes };
    const table = markdownTable(
      [
        ...['Learner', 'epochs', 'latent size', 'β', 'KNN, %'],
        ...['linear probe, %', 'with less penalty, %', 'squared error'],
      ],
      rows.map(({ learner, epochs, latentSize, options, knn, linear, reconstruction }) => [
        learner.toUpperCase(),
        String(epochs),
        String(latentSize),
        learner === 'vae' ? String(options.beta ?? 1) : '–',
        percent(knn),
        ...probes.map((_, i) => (linear[i] === undefined ? '–' : percent(linear[i]))),
        reconstruction.toFixed(4),
      ]),
    );
    file.write(
      { ...about, backend: backend.name, versions: versionsOf(backend), rows },
      `# Linear probes of AE and VAE on validation images\n\nOne encoder each (seed ${SEED}), trained on MNIST's first 55,000 train images; accuracy on the other 5,000. KNN: k = ${K}, all 55,000 as references. The probe of Table 1 has a penalty of 10⁻⁴ and at most 200 steps, the other 10⁻⁷ and 2,000. Made by \`${command}\`.\n\n${table}\n`,
    );
  }

  async function measure(trial: Trial): Promise<Row> {
    const { learner, epochs, latentSize, filters, options } = trial;
    const name = [learner, epochs, latentSize, filters.join('-'), options.beta ?? 1].join('_');
    const out = join(work, `${name}.safetensors`);
    if (!existsSync(out)) {
      const recipe = {
        ...{
          data: 'mnist',
          architecture: { ...architecture, latentSize, filters: [...filters] },
          learner,
          options,
        },
        ...{ epochs, batchSize: 128, learningRate: 1e-3, seed: SEED, shift: 1, base: 0 },
      };
      await trainModel({ recipe, out, resume: true, force: false, dataset, backend, command });
    }
    const model = await loadModel(out);
    const codesOf = (source: ImageSource) => ({
      values: encodeAll(model, source),
      dimension: model.latentSize,
      labels: source.labels,
    });
    const [references, images] = [codesOf(dataset.train), codesOf(dataset.test)];
    const predicted = await exactKnn.predict(references, images.values, { k: K, classes: CLASSES });
    const row = {
      ...trial,
      knn: accuracyOf(predicted, images.labels),
      linear: probesOf(trial).map(
        (probe) => linearProbe(references, images, { classes: CLASSES, ...probe }).accuracy,
      ),
      reconstruction: Number(reconstructionError(model, dataset.test).toPrecision(4)),
    };
    model.dispose();
    return row;
  }

  for (const trial of trials) {
    const row = file.kept.find((other) => isOf(other, trial)) ?? (await measure(trial));
    rows.push(row);
    save();
    console.error(JSON.stringify(row));
  }
}
