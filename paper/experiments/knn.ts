/**
 * Search for what serves a KNN on pixels best, on validation images of classes that an encoder has not seen, at 1 and 5 shots:
 * first transforms alone, then hallucinations by every path, with none, half and all of their parents' residual, under the
 * transforms that were best at as many shots. No test image is used.
 *
 *   npm run build
 *   node paper/experiments/run.mjs knn                   # digits; continues where it ended
 *   node paper/experiments/run.mjs knn fashion-mnist     # clothes
 */
import { latentPath, type PathName } from '../../src/augment/paths.js';
import { pipeline } from '../../src/augment/pipeline/pipeline.js';
import type { GeometricStep, PipelineStep } from '../../src/augment/pipeline/steps.js';
import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { evaluate } from '../../src/evaluate/evaluate.js';
import { defaultSettings } from '../../src/evaluate/settings.js';
import { pairedDifference } from '../../src/evaluate/statistics.js';
import { commandOf, experimentBackend, inRepository, openResult, versionsOf } from './resultFile.js';

type Transforms = GeometricStep['transforms'];

interface Setting {
  readonly model: string;
  /** Classes that the model has not seen. */
  readonly classes: string;
  readonly shots: number;
}

interface Row {
  readonly name: string;
  readonly classes: string;
  readonly shots: number;
  readonly mean: number;
  readonly ci95: number | null;
  readonly episodes: readonly number[];
}

const [EPISODES, SEED, PER_CLASS, QUERIES] = [10, 71, 200, 100];

const affine = (rotate: number, scale: number, shear: number, shift: number) =>
  ({ name: 'affine', options: { rotate, scale, shear, shift } }) as const;
const elastic = { name: 'elastic', options: {} } as const;
const brightness = (amount: number) => ({ name: 'brightness', options: { amount } }) as const;
const [mild, usual, wide] = [
  affine(7, 0.1, 0.1, 0.05),
  affine(15, 0.15, 0.2, 0.1),
  affine(20, 0.25, 0.4, 0.1),
];
const transforms: Readonly<Record<string, Transforms>> = {
  'real images alone': [],
  'mild affine': [mild],
  'affine (defaults)': [usual],
  'wide affine': [wide],
  'mild affine, elastic': [mild, elastic],
  'wide affine, elastic': [wide, elastic],
  'mild affine, brightness': [mild, brightness(0.3)],
  'affine, brightness': [usual, brightness(0.3)],
};
const paths = ['slerp', 'mean', 'extrapolate', 'transport', 'tangent', 'restyle'] as const;
const samplesOf = (path: PathName) => latentPath(path).samplesNeeded;

/** Name of each data set, and encoders with the classes that each has not seen. */
const searches: Readonly<Record<string, { name: string; encoders: Readonly<Record<string, string>> }>> = {
  mnist: { name: 'MNIST', encoders: { 'mnist-01234': 'digits 5–9', 'mnist-56789': 'digits 0–4' } },
  'fashion-mnist': {
    name: 'Fashion-MNIST',
    encoders: {
      'paper/experiments/encoders/fashion-01234.safetensors': 'sandal to ankle boot',
      'paper/experiments/encoders/fashion-56789.safetensors': 't-shirt to coat',
    },
  },
};

const percent = (share: number) => (100 * share).toFixed(1);

const geometric = (list: Transforms, copies: number, keepOriginals: boolean): PipelineStep => ({
  do: 'geometric',
  transforms: list,
  copies,
  keepOriginals,
});
/** A pipeline needs a step, and a KNN does not depend on the order of images. */
const alone = (list: Transforms, shots: number): PipelineStep[] =>
  list.length === 0 ? [{ do: 'shuffle', window: 2 }] : [geometric(list, PER_CLASS / shots, true)];
const under = (list: Transforms, path: PathName, detail: number): PipelineStep[] => [
  { do: 'hallucinate', perClass: PER_CLASS, path, detail, labelCheck: samplesOf(path) === 1 },
  geometric(list, 1, false),
];

export default async function searchKnn([data = 'mnist']: readonly string[]): Promise<void> {
  const search = searches[data];
  if (search === undefined) throw new Error(`there is no search for ${data}`);
  const command = commandOf('knn', data === 'mnist' ? [] : [data]);
  const file = openResult<Row>(data === 'mnist' ? 'knn' : 'knn-fashion', { indent: 1 });
  const backend = await experimentBackend('wasm');
  const rows = [...file.kept];
  const settings = Object.entries(search.encoders).flatMap(([model, classes]) =>
    [1, 5].map((shots): Setting => ({ model, classes, shots })),
  );
  const rowOf = (name: string, { classes, shots }: Setting) =>
    rows.find((row) => row.name === name && row.classes === classes && row.shots === shots);

  /** The transforms that are best at so many shots, over both halves of the classes. */
  function bestAt(shots: number): string {
    const sumOf = (name: string) =>
      settings.reduce((sum, setting) => sum + (setting.shots === shots ? rowOf(name, setting)!.mean : 0), 0);
    return Object.keys(transforms).reduce((a, b) => (sumOf(b) > sumOf(a) ? b : a));
  }

  /** Judges those pipelines that have no row in a setting yet. */
  async function judge(setting: Setting, pipelines: Readonly<Record<string, PipelineStep[]>>) {
    const wanted = Object.entries(pipelines).filter(([name]) => rowOf(name, setting) === undefined);
    if (wanted.length === 0) return;
    const { model, classes, shots } = setting;
    const { results } = await evaluate({
      ...defaultSettings,
      ...{ data, split: 'validation', protocol: 'novel', ways: 5, shots, queries: QUERIES },
      ...{ model: model.includes('/') ? inRepository(model) : model, seed: SEED },
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

  function save() {
    const about = { schema: 'fewshot.knn/1', command, seed: SEED, episodes: EPISODES, perClass: PER_CLASS };
    const versions = versionsOf(backend);
    const result = { ...about, queries: QUERIES, split: 'validation', backend: backend.name, versions, rows };
    const complete = settings.every((setting) =>
      Object.keys(transforms).every((name) => rowOf(name, setting) !== undefined),
    );
    file.write(result, complete ? page() : undefined);
  }

  function page(): string {
    const cell = (name: string, setting: Setting) => {
      const row = rowOf(name, setting);
      if (row === undefined) return '–';
      const best = bestAt(setting.shots);
      if (name === best) return `**${percent(row.mean)}**`;
      const { mean, ci95 } = pairedDifference(row.episodes, rowOf(best, setting)!.episodes);
      return `${percent(row.mean)} (${mean < 0 ? '−' : '+'}${percent(Math.abs(mean))} ± ${percent(ci95!)})`;
    };
    const names = [...new Set(rows.map(({ name }) => name))];
    const table = markdownTable(
      ['Images', ...settings.map((s) => `${s.classes}, ${s.shots} shot${s.shots === 1 ? '' : 's'}`)],
      names.map((name) => [name, ...settings.map((setting) => cell(name, setting))]),
    );
    return `# What serves a KNN, on validation images\n\nAccuracy of a KNN on pixels (k = 1) in %, 5-way, mean over ${EPISODES} episodes (seed ${SEED}), ${PER_CLASS} images a class beside the real ones; supports from ${search!.name}'s first 55,000 train images, queries from the other 5,000; classes that the encoder has not seen. Transforms alone above; below hallucinations by each path, under the transforms that are best at as many shots, in bold. In brackets: the difference to those alone, paired by episode, ± its 95 % interval. Made by \`${command}\`.\n\n${table}\n`;
  }

  for (const setting of settings) {
    const trials = Object.entries(transforms).map(([name, list]) => [name, alone(list, setting.shots)]);
    await judge(setting, Object.fromEntries(trials));
  }
  for (const setting of settings) {
    const best = transforms[bestAt(setting.shots)]!;
    const trials = paths
      .filter((path) => samplesOf(path) <= setting.shots)
      .flatMap((path) =>
        [0, 0.5, 1].map((detail) => [`${path}, detail ${detail}`, under(best, path, detail)]),
      );
    await judge(setting, Object.fromEntries(trials));
  }
  save();
}
