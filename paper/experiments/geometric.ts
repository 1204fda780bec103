/**
 * Search for the geometric baseline `geometric`: transforms, strengths and mixes of them, judged by the CNN on validation images
 * of classes that an encoder has not seen, at 1 and 5 shots. The encoder only says which classes those are. No test image is used.
 *
 *   npm run build
 *   node paper/experiments/run.mjs geometric                   # digits; continues where it ended
 *   node paper/experiments/run.mjs geometric fashion-mnist     # clothes
 */
import { pipeline } from '../../src/augment/pipeline/pipeline.js';
import type { GeometricStep } from '../../src/augment/pipeline/steps.js';
import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { evaluate } from '../../src/evaluate/evaluate.js';
import { defaultSettings } from '../../src/evaluate/settings.js';
import { commandOf, experimentBackend, openResult, versionsOf } from './resultFile.js';

type Transforms = GeometricStep['transforms'];

interface Row {
  readonly name: string;
  readonly transforms: Transforms;
  readonly classes: string;
  readonly shots: number;
  readonly mean: number;
  readonly ci95: number | null;
}

interface Search {
  readonly name: string;
  readonly file: string;
  /** Encoders whose unseen classes are drawn from, by those classes. */
  readonly encoders: Readonly<Record<string, string>>;
  readonly trials: Readonly<Record<string, Transforms>>;
}

const [EPISODES, SEED, STEPS] = [4, 11, 500];

const affine = (rotate: number, scale: number, shear: number, shift: number) =>
  ({ name: 'affine', options: { rotate, scale, shear, shift } }) as const;
const elastic = (alpha: number, sigma = 4) => ({ name: 'elastic', options: { alpha, sigma } }) as const;
const wide = affine(20, 0.25, 0.4, 0.1);
const usual = affine(15, 0.15, 0.2, 0.1);
const mirror = { name: 'flip', options: {} } as const;

const searches: Readonly<Record<string, Search>> = {
  mnist: {
    name: 'MNIST',
    file: 'geometric',
    encoders: { 'digits 5–9': 'mnist-01234', 'digits 0–4': 'mnist-56789' },
    trials: {
      'affine (defaults)': [usual],
      'wide affine': [wide],
      'elastic (defaults)': [elastic(34)],
      'affine, elastic': [usual, elastic(34)],
      'wide affine, elastic': [wide, elastic(34)],
      'wide affine, strong elastic': [wide, elastic(50)],
    },
  },
  'fashion-mnist': {
    name: 'Fashion-MNIST',
    file: 'geometric-fashion',
    encoders: { 'any classes': 'mnist-plain' },
    trials: {
      mirror: [mirror],
      'affine (defaults)': [usual],
      'affine, mirror': [usual, mirror],
      'wide affine': [wide],
      'wide affine, mirror': [wide, mirror],
      'wide affine, elastic': [wide, elastic(34)],
      'wide affine, elastic, mirror': [wide, elastic(34), mirror],
    },
  },
};

const percent = (share: number) => (100 * share).toFixed(1);

export default async function searchGeometric([data = 'mnist']: readonly string[]): Promise<void> {
  const search = searches[data];
  if (search === undefined) throw new Error(`there is no search for ${data}`);
  const command = commandOf('geometric', data === 'mnist' ? [] : [data]);
  const file = openResult<Row>(search.file, { indent: 1 });
  const backend = await experimentBackend('wasm');
  const rows: Row[] = [];

  function save() {
    const about = { schema: 'fewshot.geometric/1', command, seed: SEED, episodes: EPISODES, steps: STEPS };
    const versions = versionsOf(backend);
    const names = [...new Set(rows.map(({ name }) => name))];
    const settings = [...new Set(rows.map(({ classes, shots }) => `${classes}, ${shots}`))];
    const cell = (name: string, setting: string) => {
      const row = rows.find((r) => r.name === name && `${r.classes}, ${r.shots}` === setting);
      return row === undefined ? '–' : percent(row.mean);
    };
    const mean = (name: string) => {
      const own = rows.filter((row) => row.name === name);
      return percent(own.reduce((sum, row) => sum + row.mean, 0) / own.length);
    };
    const table = markdownTable(
      ['Transforms', ...settings.map((s) => `${s} shot${s.endsWith(' 1') ? '' : 's'}`), 'mean'],
      names.map((name) => [name, ...settings.map((setting) => cell(name, setting)), mean(name)]),
    );
    file.write(
      { ...about, split: 'validation', backend: backend.name, versions, rows },
      `# Geometric transforms on validation images\n\nAccuracy of the CNN (fast, ${STEPS} steps) in %, 5-way, mean over ${EPISODES} episodes (seed ${SEED}); supports from ${search!.name}'s first 55,000 train images, queries from the other 5,000. Every support image is transformed anew each time it is drawn. Made by \`${command}\`.\n\n${table}\n`,
    );
  }

  for (const [name, transforms] of Object.entries(search.trials)) {
    for (const [classes, model] of Object.entries(search.encoders)) {
      for (const shots of [1, 5]) {
        const same = file.kept.find(
          (row) => row.name === name && row.classes === classes && row.shots === shots,
        );
        if (same !== undefined) {
          rows.push(same);
          continue;
        }
        const { results } = await evaluate({
          ...defaultSettings,
          ...{ data, split: 'validation', protocol: 'novel', model, ways: 5, shots },
          ...{ episodes: EPISODES, seed: SEED },
          ...{ classifiers: ['cnn'], cnnSteps: STEPS, arms: [], backend: backend.name },
          pipelines: [
            { name: 'trial', pipeline: pipeline([{ do: 'geometric', transforms }], { seed: SEED }).toJSON() },
          ],
        });
        const { mean, ci95 } = results[0]!;
        rows.push({ name, transforms, classes, shots, mean, ci95 });
        save();
        console.error(name, classes, shots, percent(mean));
      }
    }
  }
  save();
}
