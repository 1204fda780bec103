/**
 * Search for the arms that hallucinate on unseen classes: arm, share of hallucinations, distillation weight and steps of the CNN,
 * on the validation episodes of `geometric.ts`, for both halves of the digits, at 1 and 5 shots. No test image is used.
 *
 *   npm run build
 *   node paper/experiments/run.mjs novel     # an hour on two cores; continues where it ended
 */
import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { evaluate } from '../../src/evaluate/evaluate.js';
import { defaultSettings } from '../../src/evaluate/settings.js';
import { commandOf, experimentBackend, openResult, versionsOf } from './resultFile.js';

interface Trial {
  readonly arm: string;
  readonly mix?: number;
  readonly trust?: number;
  readonly steps?: number;
}

interface Setting {
  readonly digits: string;
  readonly model: string;
  readonly shots: number;
}

interface Row extends Trial, Omit<Setting, 'model'> {
  readonly mean: number;
  readonly ci95: number | null;
}

const [EPISODES, SEED] = [4, 11];

const trials: readonly Trial[] = [
  ...[500, 1500].map((steps) => ({ arm: 'geometric', steps })),
  { arm: 'transport+geometric', mix: 0.25, steps: 500 },
  ...(
    [
      [0.1, 0.5],
      [0.5, 1],
      [0.1, 1],
      [0.25, 0.5],
    ] as const
  ).map(([mix, trust]) => ({ arm: 'restyle+geometric+labels', mix, trust, steps: 1500 })),
  { arm: 'codes' },
  ...[0.5, 1].map((trust) => ({ arm: 'geometric+labels', trust, steps: 1500 })),
  { arm: 'restyle+geometric', mix: 0.25, steps: 1500 },
  ...[0.1, 0.25, 0.5].map((mix) => ({ arm: 'restyle+geometric', mix, steps: 500 })),
];
const halves = { '5–9': 'mnist-01234', '0–4': 'mnist-56789' };
const settings = Object.entries(halves).flatMap(([digits, model]) =>
  [1, 5].map((shots): Setting => ({ digits, model, shots })),
);

const percent = (share: number) => (100 * share).toFixed(1);
type Key = Trial & Omit<Setting, 'model'>;
const same = (a: Key, b: Key) =>
  (['arm', 'mix', 'trust', 'steps', 'digits', 'shots'] as const).every((key) => a[key] === b[key]);

export default async function searchNovel(): Promise<void> {
  const command = commandOf('novel');
  const file = openResult<Row>('novel-search', { indent: 1 });
  const backend = await experimentBackend('wasm');
  const rows: Row[] = [];
  const rowOf = (trial: Trial, setting: Setting) => rows.find((row) => same(row, { ...trial, ...setting }));

  function save() {
    const about = {
      ...{ schema: 'fewshot.novel-search/1', command, seed: SEED },
      ...{ episodes: EPISODES, split: 'validation' },
    };
    const complete = trials.filter((trial) => settings.every((setting) => rowOf(trial, setting)));
    const table = markdownTable(
      [
        ...['Arm', 'hallucinated', "encoder's say", 'steps'],
        ...settings.map(
          ({ digits, shots }) => `digits ${digits}, ${shots} ${shots === 1 ? 'shot' : 'shots'}`,
        ),
        'mean',
      ],
      complete.map((trial) => {
        const means = settings.map((setting) => rowOf(trial, setting)!.mean);
        const { arm, mix, trust, steps } = trial;
        return [
          arm,
          ...[mix, trust, steps].map((value) => String(value ?? '–')),
          ...means.map(percent),
          percent(means.reduce((sum, mean) => sum + mean, 0) / means.length),
        ];
      }),
    );
    file.write(
      { ...about, backend: backend.name, versions: versionsOf(backend), rows },
      `# Arms for unseen classes on validation images\n\nAccuracy of the CNN (fast) in %, 5-way, mean over ${EPISODES} episodes (seed ${SEED}), those of [the geometric baseline's search](geometric.md); supports from MNIST's first 55,000 train images, queries from the other 5,000. Hallucinated: share of each batch. Encoder's say: its share of each label. \`codes\` makes no image: nearest class mean. Made by \`${command}\`.\n\n${table}\n`,
    );
  }

  async function measure(trial: Trial, { digits, model, shots }: Setting): Promise<Row> {
    const { arm, mix, trust, steps } = trial;
    const { results } = await evaluate({
      ...defaultSettings,
      ...{ split: 'validation', protocol: 'novel', model, ways: 5, shots, episodes: EPISODES, seed: SEED },
      ...{ classifiers: ['cnn'], arms: [arm], backend: backend.name },
      ...(steps === undefined ? {} : { cnnSteps: steps }),
      ...(mix === undefined ? {} : { mix }),
      ...(trust === undefined ? {} : { trust }),
    });
    const { mean, ci95 } = results[0]!;
    return { ...trial, digits, shots, mean, ci95 };
  }

  for (const trial of trials) {
    for (const setting of settings) {
      let row = file.kept.find((other) => same(other, { ...trial, ...setting }));
      if (row === undefined) {
        row = await measure(trial, setting);
        console.error(JSON.stringify(row));
      }
      rows.push(row);
      save();
    }
  }
}
