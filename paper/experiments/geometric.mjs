/**
 * The search for the geometric baseline `geometric`: transforms, strengths and mixes of them, judged by the CNN on validation
 * images of classes that an encoder has not seen, at 1 and 5 shots. It says which those are, and does nothing else; no test image
 * takes part.
 *
 *   npm run build
 *   node experiments/geometric.mjs                     # digits; goes on where it ended
 *   node experiments/geometric.mjs fashion-mnist       # clothes
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { evaluate } from '../dist/evaluate/evaluate.js';
import { defaultSettings } from '../dist/evaluate/settings.js';
import { pipeline, selectBackend, version } from '../dist/index.js';
import { markdownTable } from '../dist/report/plots/markdownTable.js';

const [EPISODES, SEED, STEPS] = [4, 11, 500];

const affine = (rotate, scale, shear, shift) => ({
  name: 'affine',
  options: { rotate, scale, shear, shift },
});
const elastic = (alpha, sigma = 4) => ({ name: 'elastic', options: { alpha, sigma } });
const wide = affine(20, 0.25, 0.4, 0.1);
const usual = affine(15, 0.15, 0.2, 0.1);
const mirror = { name: 'flip', options: {} };

/** Of each data set: its name, the encoders whose unseen classes are drawn from, and what is tried. */
const searches = {
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
    encoders: { 'any classes': 'mnist' },
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

const [, , data = 'mnist'] = process.argv;
if (!Object.hasOwn(searches, data)) throw new Error(`there is no search for ${data}`);
const search = searches[data];
const command = ['node experiments/geometric.mjs', ...(data === 'mnist' ? [] : [data])].join(' ');
const file = fileURLToPath(new URL(`../docs/results/${search.file}.json`, import.meta.url));

const backend = await selectBackend(process.env.FEWSHOT_BACKEND ?? 'wasm');
const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : [];
const rows = [];
const percent = (share) => (100 * share).toFixed(1);

function save() {
  mkdirSync(new URL('.', `file://${file}`), { recursive: true });
  const about = { schema: 'fewshot.geometric/1', command, seed: SEED, episodes: EPISODES, steps: STEPS };
  const versions = { 'fewshot-atnl': version, ...backend.versions };
  writeFileSync(
    file,
    `${JSON.stringify({ ...about, split: 'validation', backend: backend.name, versions, rows }, null, 1)}\n`,
  );
  const names = [...new Set(rows.map(({ name }) => name))];
  const settings = [...new Set(rows.map(({ classes, shots }) => `${classes}, ${shots}`))];
  const cell = (name, setting) => {
    const row = rows.find((r) => r.name === name && `${r.classes}, ${r.shots}` === setting);
    return row === undefined ? '–' : percent(row.mean);
  };
  const mean = (name) => {
    const own = rows.filter((row) => row.name === name);
    return percent(own.reduce((sum, row) => sum + row.mean, 0) / own.length);
  };
  const table = markdownTable(
    ['Transforms', ...settings.map((s) => `${s} shot${s.endsWith(' 1') ? '' : 's'}`), 'mean'],
    names.map((name) => [name, ...settings.map((setting) => cell(name, setting)), mean(name)]),
  );
  writeFileSync(
    file.replace('.json', '.md'),
    `# Geometric transforms on validation images\n\nAccuracy of the CNN (fast, ${STEPS} steps) in %, 5-way, mean over ${EPISODES} episodes (seed ${SEED}); supports from ${search.name}'s first 55,000 train images, queries from the other 5,000. Every support image is transformed anew each time it is drawn. Made by \`${command}\`.\n\n${table}\n`,
  );
}

for (const [name, transforms] of Object.entries(search.trials)) {
  for (const [classes, model] of Object.entries(search.encoders)) {
    for (const shots of [1, 5]) {
      const same = kept.find((row) => row.name === name && row.classes === classes && row.shots === shots);
      if (same !== undefined) {
        rows.push(same);
        continue;
      }
      const { results } = await evaluate({
        ...defaultSettings,
        ...{
          data,
          split: 'validation',
          protocol: 'novel',
          model,
          ways: 5,
          shots,
          episodes: EPISODES,
          seed: SEED,
        },
        ...{ classifiers: ['cnn'], cnnSteps: STEPS, arms: [], backend: backend.name },
        pipelines: [
          { name: 'trial', pipeline: pipeline([{ do: 'geometric', transforms }], { seed: SEED }).toJSON() },
        ],
      });
      const [{ mean, ci95 }] = results;
      rows.push({ name, transforms, classes, shots, mean, ci95 });
      save();
      console.error(name, classes, shots, percent(mean));
    }
  }
}
save();
