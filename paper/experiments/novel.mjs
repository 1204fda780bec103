/**
 * The search for the arms that hallucinate on unseen classes: arm, share of hallucinations, say of the encoder and steps of the
 * CNN, on the validation episodes of `experiments/geometric.mjs`, for both halves of the digits, at 1 and 5 shots. No test image
 * takes part.
 *
 *   npm run build
 *   node experiments/novel.mjs                         # an hour on two cores; goes on where it ended
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { evaluate } from '../dist/evaluate/evaluate.js';
import { defaultSettings } from '../dist/evaluate/settings.js';
import { selectBackend, version } from '../dist/index.js';
import { markdownTable } from '../dist/report/plots/markdownTable.js';

const command = 'node experiments/novel.mjs';
const file = fileURLToPath(new URL('../docs/results/novel-search.json', import.meta.url));
const [EPISODES, SEED] = [4, 11];

const trials = [
  ...[500, 1500].map((steps) => ({ arm: 'geometric', steps })),
  { arm: 'transport+geometric', mix: 0.25, steps: 500 },
  ...[
    [0.1, 0.5],
    [0.5, 1],
    [0.1, 1],
    [0.25, 0.5],
  ].map(([mix, trust]) => ({ arm: 'restyle+geometric+labels', mix, trust, steps: 1500 })),
  { arm: 'codes' },
  ...[0.5, 1].map((trust) => ({ arm: 'geometric+labels', trust, steps: 1500 })),
  { arm: 'restyle+geometric', mix: 0.25, steps: 1500 },
  ...[0.1, 0.25, 0.5].map((mix) => ({ arm: 'restyle+geometric', mix, steps: 500 })),
];
const halves = { '5–9': 'mnist-01234', '0–4': 'mnist-56789' };
const settings = Object.entries(halves).flatMap(([digits, model]) =>
  [1, 5].map((shots) => ({ digits, model, shots })),
);

const backend = await selectBackend(process.env.FEWSHOT_BACKEND ?? 'wasm');
const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : [];
const rows = [];
const percent = (share) => (100 * share).toFixed(1);
const same = (a, b) => ['arm', 'mix', 'trust', 'steps', 'digits', 'shots'].every((key) => a[key] === b[key]);

function save() {
  const about = {
    schema: 'fewshot.novel-search/1',
    command,
    seed: SEED,
    episodes: EPISODES,
    split: 'validation',
  };
  const versions = { 'fewshot-atnl': version, ...backend.versions };
  writeFileSync(file, `${JSON.stringify({ ...about, backend: backend.name, versions, rows }, null, 1)}\n`);
  const whole = trials.filter((trial) =>
    settings.every((s) => rows.some((row) => same(row, { ...trial, ...s }))),
  );
  const table = markdownTable(
    [
      ...['Arm', 'hallucinated', "encoder's say", 'steps'],
      ...settings.map(({ digits, shots }) => `digits ${digits}, ${shots} ${shots === 1 ? 'shot' : 'shots'}`),
      'mean',
    ],
    whole.map((trial) => {
      const means = settings.map((s) => rows.find((row) => same(row, { ...trial, ...s })).mean);
      const { arm, mix, trust, steps } = trial;
      return [
        arm,
        ...[mix, trust, steps].map((value) => String(value ?? '–')),
        ...means.map(percent),
        percent(means.reduce((sum, mean) => sum + mean, 0) / means.length),
      ];
    }),
  );
  writeFileSync(
    file.replace('.json', '.md'),
    `# Arms for unseen classes on validation images\n\nAccuracy of the CNN (fast) in %, 5-way, mean over ${EPISODES} episodes (seed ${SEED}), those of [the geometric baseline's search](geometric.md); supports from MNIST's first 55,000 train images, queries from the other 5,000. Hallucinated: share of each batch. Encoder's say: its share of each label. \`codes\` makes no image: nearest class mean. Made by \`${command}\`.\n\n${table}\n`,
  );
}

for (const trial of trials) {
  const { arm, mix, trust, steps } = trial;
  for (const setting of settings) {
    let row = kept.find((other) => same(other, { ...trial, ...setting }));
    if (row === undefined) {
      const { model, shots } = setting;
      const { results } = await evaluate({
        ...defaultSettings,
        ...{ split: 'validation', protocol: 'novel', model, ways: 5, shots, episodes: EPISODES, seed: SEED },
        ...{ classifiers: ['cnn'], arms: [arm], backend: backend.name },
        ...(steps === undefined ? {} : { cnnSteps: steps }),
        ...(mix === undefined ? {} : { mix }),
        ...(trust === undefined ? {} : { trust }),
      });
      const [{ mean, ci95 }] = results;
      row = { ...trial, digits: setting.digits, shots, mean, ci95 };
      console.error(JSON.stringify(row));
    }
    rows.push(row);
    save();
  }
}
