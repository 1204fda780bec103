/**
 * What a KNN on pixels is served best by, on validation images of classes that an encoder has not seen, at 1 and 5 shots:
 * transforms alone first, then hallucinations by every path, with none, half and all of their parents' detail, under the
 * transforms that were best at as many shots. No test image takes part.
 *
 *   npm run build
 *   node experiments/knn.mjs                     # digits; goes on where it ended
 *   node experiments/knn.mjs fashion-mnist       # clothes
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { latentPath } from '../dist/augment/paths/index.js';
import { evaluate } from '../dist/evaluate/evaluate.js';
import { defaultSettings } from '../dist/evaluate/settings.js';
import { pairedDifference } from '../dist/evaluate/statistics.js';
import { pipeline, selectBackend, version } from '../dist/index.js';
import { markdownTable } from '../dist/report/plots/markdownTable.js';

const [EPISODES, SEED, PER_CLASS, QUERIES] = [10, 71, 200, 100];

const affine = (rotate, scale, shear, shift) => ({
  name: 'affine',
  options: { rotate, scale, shear, shift },
});
const elastic = { name: 'elastic', options: {} };
const brightness = (amount) => ({ name: 'brightness', options: { amount } });
const [mild, usual, wide] = [
  affine(7, 0.1, 0.1, 0.05),
  affine(15, 0.15, 0.2, 0.1),
  affine(20, 0.25, 0.4, 0.1),
];
const transforms = {
  'real images alone': [],
  'mild affine': [mild],
  'affine (defaults)': [usual],
  'wide affine': [wide],
  'mild affine, elastic': [mild, elastic],
  'wide affine, elastic': [wide, elastic],
  'mild affine, brightness': [mild, brightness(0.3)],
  'affine, brightness': [usual, brightness(0.3)],
};
const paths = ['slerp', 'mean', 'extrapolate', 'transport', 'tangent', 'restyle'];
const samplesOf = (path) => latentPath(path).samplesNeeded;

/** Of each data set: its name, and encoders with the classes that each has not seen. */
const searches = {
  mnist: { name: 'MNIST', encoders: { 'mnist-01234': 'digits 5–9', 'mnist-56789': 'digits 0–4' } },
  'fashion-mnist': {
    name: 'Fashion-MNIST',
    encoders: {
      'experiments/encoders/fashion-01234.safetensors': 'sandal to ankle boot',
      'experiments/encoders/fashion-56789.safetensors': 't-shirt to coat',
    },
  },
};

const [, , data = 'mnist'] = process.argv;
if (!Object.hasOwn(searches, data)) throw new Error(`there is no search for ${data}`);
const search = searches[data];
const root = new URL('..', import.meta.url);
const command = ['node experiments/knn.mjs', ...(data === 'mnist' ? [] : [data])].join(' ');
const file = fileURLToPath(new URL(`docs/results/knn${data === 'mnist' ? '' : '-fashion'}.json`, root));

const backend = await selectBackend(process.env.FEWSHOT_BACKEND ?? 'wasm');
const rows = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : [];
const settings = Object.entries(search.encoders).flatMap(([model, classes]) =>
  [1, 5].map((shots) => ({ model, classes, shots })),
);
const rowOf = (name, { classes, shots }) =>
  rows.find((row) => row.name === name && row.classes === classes && row.shots === shots);
/** The transforms that are best at so many shots, over both halves of the classes. */
function bestAt(shots) {
  const sumOf = (name) =>
    settings.reduce((sum, setting) => sum + (setting.shots === shots ? rowOf(name, setting).mean : 0), 0);
  return Object.keys(transforms).reduce((a, b) => (sumOf(b) > sumOf(a) ? b : a));
}

/** Judges pipelines by their names in one setting, but for those that are there. */
async function judge(setting, pipelines) {
  const wanted = Object.entries(pipelines).filter(([name]) => rowOf(name, setting) === undefined);
  if (wanted.length === 0) return;
  const { model, classes, shots } = setting;
  const { results } = await evaluate({
    ...defaultSettings,
    ...{ data, split: 'validation', protocol: 'novel', ways: 5, shots, queries: QUERIES },
    ...{ model: model.includes('/') ? fileURLToPath(new URL(model, root)) : model, seed: SEED },
    ...{ classifiers: ['knn'], k: 1, episodes: EPISODES, arms: [], backend: backend.name },
    pipelines: wanted.map(([name, steps]) => ({
      name,
      pipeline: pipeline(steps, { seed: SEED }).toJSON(),
    })),
  });
  for (const { arm: name, mean, ci95, episodes } of results)
    rows.push({ name, classes, shots, mean, ci95, episodes });
  save();
  console.error(classes, shots, results.map(({ arm, mean }) => `${arm} ${percent(mean)}`).join(' · '));
}

const percent = (share) => (100 * share).toFixed(1);
const geometric = (list, copies, keepOriginals) => ({
  do: 'geometric',
  transforms: list,
  copies,
  keepOriginals,
});
// A pipeline needs a step; the order of images is nothing to a KNN.
const alone = (list, shots) =>
  list.length === 0 ? [{ do: 'shuffle', window: 2 }] : [geometric(list, PER_CLASS / shots, true)];
const under = (list, path, detail) => [
  { do: 'hallucinate', perClass: PER_CLASS, path, detail, labelCheck: samplesOf(path) === 1 },
  geometric(list, 1, false),
];

for (const setting of settings) {
  const trials = Object.entries(transforms).map(([name, list]) => [name, alone(list, setting.shots)]);
  await judge(setting, Object.fromEntries(trials));
}
for (const setting of settings) {
  const best = transforms[bestAt(setting.shots)];
  const trials = paths
    .filter((path) => samplesOf(path) <= setting.shots)
    .flatMap((path) => [0, 0.5, 1].map((detail) => [`${path}, detail ${detail}`, under(best, path, detail)]));
  await judge(setting, Object.fromEntries(trials));
}
save();

function save() {
  mkdirSync(new URL('.', `file://${file}`), { recursive: true });
  const about = { schema: 'fewshot.knn/1', command, seed: SEED, episodes: EPISODES, perClass: PER_CLASS };
  const versions = { 'fewshot-atnl': version, ...backend.versions };
  const all = { ...about, queries: QUERIES, split: 'validation', backend: backend.name, versions, rows };
  writeFileSync(file, `${JSON.stringify(all, null, 1)}\n`);
  if (!settings.every((setting) => Object.keys(transforms).every((name) => rowOf(name, setting)))) return;
  const cell = (name, setting) => {
    const row = rowOf(name, setting);
    if (row === undefined) return '–';
    const best = bestAt(setting.shots);
    if (name === best) return `**${percent(row.mean)}**`;
    const { mean, ci95 } = pairedDifference(row.episodes, rowOf(best, setting).episodes);
    return `${percent(row.mean)} (${mean < 0 ? '−' : '+'}${percent(Math.abs(mean))} ± ${percent(ci95)})`;
  };
  const names = [...new Set(rows.map(({ name }) => name))];
  const table = markdownTable(
    ['Images', ...settings.map((s) => `${s.classes}, ${s.shots} shot${s.shots === 1 ? '' : 's'}`)],
    names.map((name) => [name, ...settings.map((setting) => cell(name, setting))]),
  );
  writeFileSync(
    file.replace('.json', '.md'),
    `# What serves a KNN, on validation images\n\nAccuracy of a KNN on pixels (k = 1) in %, 5-way, mean over ${EPISODES} episodes (seed ${SEED}), ${PER_CLASS} images a class beside the real ones; supports from ${search.name}'s first 55,000 train images, queries from the other 5,000; classes that the encoder has not seen. Transforms alone above; below hallucinations by each path, under the transforms that are best at as many shots, in bold. In brackets: the difference to those alone, paired by episode, ± its 95 % interval. Made by \`${command}\`.\n\n${table}\n`,
  );
}
