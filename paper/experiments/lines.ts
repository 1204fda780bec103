/**
 * The weight of ACAI's critic on rendered lines: each encoder is trained like those of Figure 6, then scored by Mean Distance and
 * Smoothness on 256 pairs of lines. λ 0 is AE.
 *
 *   node paper/experiments/run.mjs lines     # some ten minutes a trial with tfjs-node; continues where it ended
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataset } from '../../src/cli/produce/dataset.js';
import { trainModel } from '../../src/cli/produce/trainModel.js';
import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { loadModel } from '../../src/node/loadModel.js';
import { interpolationOnLines } from '../data/lineInterpolation.js';
import { full, recipeOf } from '../reproduce/recipes.js';
import { commandOf, experimentBackend, inRepository, isOf, openResult, versionsOf } from './resultFile.js';

interface Trial {
  readonly learner: 'ae' | 'acai';
  readonly options?: { readonly lambda?: number };
  readonly epochs: number;
  readonly learningRate: number;
}

interface Row extends Trial {
  readonly meanDistance: number;
  readonly smoothness: number | null;
  readonly undefinedSmoothness: number;
}

const [SEED, PAIRS, STEPS] = [1, 256, 16];

const ae: Trial = { learner: 'ae', epochs: 25, learningRate: 1e-3 };
const acai = (lambda: number, epochs: number): Trial => ({
  learner: 'acai',
  options: { lambda },
  epochs,
  learningRate: 1e-3,
});
const trials = [ae, acai(0.05, 3), acai(0.05, 25), acai(0.1, 25), acai(0.2, 25)];

export default async function compareCritics(): Promise<void> {
  const command = commandOf('lines');
  const file = openResult<Row>('lines', { indent: 2 });
  const work = inRepository('.fewshot/lines/');
  const backend = await experimentBackend('native');
  const dataset = await loadDataset('lines');
  mkdirSync(work, { recursive: true });
  const rows: Row[] = [];

  function save() {
    const about = { schema: 'fewshot.lines/1', command, seed: SEED, pairs: PAIRS, steps: STEPS };
    const table = markdownTable(
      ['Learner', 'λ', 'epochs', 'learning rate', 'Mean Distance · 10³', 'Smoothness', 'pairs without one'],
      rows.map(
        ({ learner, options, epochs, learningRate, meanDistance, smoothness, undefinedSmoothness }) => [
          learner === 'ae' ? 'AE' : 'ACAI',
          String(options?.lambda ?? '–'),
          String(epochs),
          String(learningRate),
          (1000 * meanDistance).toFixed(2),
          smoothness?.toFixed(3) ?? '–',
          String(undefinedSmoothness),
        ],
      ),
    );
    file.write(
      { ...about, backend: backend.name, versions: versionsOf(backend), rows },
      `# The weight of ACAI's critic on lines\n\nOne encoder a trial, ${PAIRS} pairs of lines, ${STEPS} steps between the two of a pair; less is better in both scores. A black image has a distance of about 30 · 10⁻³ to every line. Made by \`${command}\`.\n\n${table}\n`,
    );
  }

  async function measure(trial: Trial): Promise<Row> {
    const { learner, options = {}, epochs, learningRate } = trial;
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
    return {
      ...trial,
      meanDistance,
      smoothness: Number.isFinite(smoothness) ? smoothness : null,
      undefinedSmoothness,
    };
  }

  for (const trial of trials) {
    const row = file.kept.find((other) => isOf(other, trial)) ?? (await measure(trial));
    rows.push(row);
    save();
    console.error(JSON.stringify(row));
  }
}
