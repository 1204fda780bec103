/**
 * The weight of ACAI's critic on rendered lines: each encoder trained like those of Figure 6, then scored by Mean Distance and
 * Smoothness on 256 pairs of lines. λ 0 is AE.
 *
 *   npm run build
 *   node experiments/lines.mjs                         # some ten minutes a trial with tfjs-node; goes on where it ended
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interpolationOnLines, loadModel, selectBackend, version } from '../dist/index.js';
import { loadDataset } from '../dist/produce/dataset.js';
import { trainModel } from '../dist/produce/trainModel.js';
import { markdownTable } from '../dist/report/plots/markdownTable.js';
import { recipeOf } from '../dist/reproduce/recipes.js';
import { full } from '../dist/reproduce/scale.js';

const command = 'node experiments/lines.mjs';
const file = fileURLToPath(new URL('../docs/results/lines.json', import.meta.url));
const work = fileURLToPath(new URL('../.fewshot/lines/', import.meta.url));
const [SEED, PAIRS, STEPS] = [1, 256, 16];

const ae = { learner: 'ae', epochs: 25, learningRate: 1e-3 };
const acai = (lambda, epochs, learningRate = 1e-3) => ({
  learner: 'acai',
  options: { lambda },
  epochs,
  learningRate,
});
const trials = [ae, acai(0.05, 3), acai(0.05, 25), acai(0.1, 25), acai(0.2, 25)];

const backend = await selectBackend(process.env.FEWSHOT_BACKEND ?? 'native');
const dataset = await loadDataset('lines');
mkdirSync(work, { recursive: true });
const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : [];
const rows = [];

function save() {
  const about = { schema: 'fewshot.lines/1', command, seed: SEED, pairs: PAIRS, steps: STEPS };
  const versions = { 'fewshot-atnl': version, ...backend.versions };
  writeFileSync(file, `${JSON.stringify({ ...about, backend: backend.name, versions, rows }, null, 2)}\n`);
  const table = markdownTable(
    ['Learner', 'λ', 'epochs', 'learning rate', 'Mean Distance · 10³', 'Smoothness', 'pairs without one'],
    rows.map(({ learner, options, epochs, learningRate, meanDistance, smoothness, undefinedSmoothness }) => [
      learner === 'ae' ? 'AE' : 'ACAI',
      String(options?.lambda ?? '–'),
      String(epochs),
      String(learningRate),
      (1000 * meanDistance).toFixed(2),
      smoothness?.toFixed(3) ?? '–',
      String(undefinedSmoothness),
    ]),
  );
  writeFileSync(
    file.replace('.json', '.md'),
    `# The weight of ACAI's critic on lines\n\nOne encoder a trial, ${PAIRS} pairs of lines, ${STEPS} steps between the two of a pair; less is better in both scores. A black image has a distance of about 30 · 10⁻³ to every line. Made by \`${command}\`.\n\n${table}\n`,
  );
}

const sameTrial = (row, trial) =>
  Object.entries(trial).every(([k, v]) => JSON.stringify(row[k]) === JSON.stringify(v));

for (const trial of trials) {
  const { learner, options = {}, epochs, learningRate } = trial;
  let row = kept.find((other) => sameTrial(other, trial));
  if (row === undefined) {
    const out = join(work, `${learner}-${options.lambda ?? 0}-${epochs}-${learningRate}.safetensors`);
    if (!existsSync(out)) {
      await trainModel({
        recipe: {
          ...recipeOf({ data: 'lines', learner, seed: SEED }, full),
          ...{ options, epochs, learningRate },
        },
        ...{ out, resume: true, force: false, dataset, backend, command },
      });
    }
    const model = await loadModel(out);
    const { meanDistance, smoothness, undefinedSmoothness } = interpolationOnLines(model, 'lerp', {
      pairs: PAIRS,
      steps: STEPS,
      seed: SEED,
    });
    model.dispose();
    row = {
      ...trial,
      meanDistance,
      smoothness: Number.isFinite(smoothness) ? smoothness : null,
      undefinedSmoothness,
    };
  }
  rows.push(row);
  save();
  console.error(JSON.stringify(row));
}
