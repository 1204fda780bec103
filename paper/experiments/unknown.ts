/**
 * Scores by which a KNN tells what is of no class that it knows, on validation digits that the encoder has not seen: the
 * distance to the nearest example, and the same divided by that of the neighbor's class.
 *
 *   node paper/experiments/run.mjs unknown
 */
import { codesOf } from '../../src/augment/latentCodes.js';
import { nearestDistances } from '../../src/classify/exactKnn.js';
import type { Features } from '../../src/classify/knnEngine.js';
import { calibrated, LeaveOneOut } from '../../src/classify/unknown.js';
import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { type ImageSet, imagesOf, select } from '../../src/core/image.js';
import { packPoints } from '../../src/core/points.js';
import { randomStream } from '../../src/core/random.js';
import { sampleEpisode } from '../../src/data/episodes.js';
import { auroc } from '../../src/evaluate/metrics/auroc.js';
import { estimate, pairedDifference } from '../../src/evaluate/statistics.js';
import type { Model } from '../../src/models/model.js';
import { holdOutValidation, loadBuiltInSet } from '../../src/node/builtInSets.js';
import { loadModel } from '../../src/node/loadModel.js';
import { commandOf, experimentBackend, openResult, versionsOf } from './resultFile.js';

const [EPISODES, SEED, QUERIES, KNOWN, FALSE_ALARMS] = [30, 83, 50, 3, 0.05];
const encoders = [
  { model: 'mnist-01234', digits: [5, 6, 7, 8, 9] },
  { model: 'mnist-56789', digits: [0, 1, 2, 3, 4] },
];
/** Examples with the mean distance of all classes that join those of a class in its scale. */
const SHRINK = 10;

/** A trial of the result file. */
export interface UnknownRow {
  readonly model: string;
  readonly space: 'codes' | 'pixels';
  readonly shots: number;
  /** AUROC of each episode. */
  readonly distance: readonly number[];
  readonly scaled: readonly number[];
  readonly shrunken: readonly number[];
  /** Share of known queries that are called unknown, and of unknown ones, by the distance. */
  readonly falseAlarms: readonly number[];
  readonly found: readonly number[];
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function featuresOf(set: ImageSet, model: Model | undefined): Features {
  const rows =
    model === undefined
      ? [...imagesOf(set)].map(({ pixels }) => pixels)
      : [...codesOf(model, [...imagesOf(set)])];
  const dimension = rows[0]!.length;
  return { values: packPoints(rows, dimension), dimension, labels: set.labels };
}

/** Features of the chosen classes, or of all others. */
function partOf(set: ImageSet, classes: ReadonlySet<number>, chosen: boolean, model: Model | undefined) {
  const indices = [...set.labels.keys()].filter((i) => classes.has(set.labels[i]!) === chosen);
  return featuresOf(select(set, indices), model);
}

/** Distances to the nearest reference of each class, by its index; infinite for a class without references. */
async function distancesByClass(references: Features, queries: Float32Array): Promise<number[][]> {
  const { values, dimension, labels } = references;
  const columns: number[][] = [];
  for (let label = 0; label <= Math.max(...labels); label++) {
    const own = [...labels.keys()].filter((i) => labels[i] === label);
    const rows = own.map((i) => values.slice(i * dimension, (i + 1) * dimension));
    columns.push(
      own.length === 0
        ? Array(queries.length / dimension).fill(Number.POSITIVE_INFINITY)
        : await nearestDistances(
            { values: packPoints(rows, dimension), dimension, labels: new Int32Array(own.length) },
            queries,
          ),
    );
  }
  return columns[0]!.map((_, query) => columns.map((column) => column[query]!));
}

export default async function compareScores(): Promise<void> {
  const file = openResult<UnknownRow>('unknown', { indent: 1 });
  const backend = await experimentBackend('wasm');
  const { train } = await loadBuiltInSet('mnist', {});
  const held = holdOutValidation(train);
  const rows: UnknownRow[] = [];
  for (const { model: name, digits } of encoders) {
    const model = await loadModel(name);
    for (const space of ['codes', 'pixels'] as const) {
      const encoder = space === 'codes' ? model : undefined;
      for (const shots of [2, 5, 20]) {
        const found = { distance: [], scaled: [], shrunken: [], falseAlarms: [], found: [] } as Record<
          Exclude<keyof UnknownRow, 'model' | 'space' | 'shots'>,
          number[]
        >;
        for (let episode = 0; episode < EPISODES; episode++) {
          const { support, query } = sampleEpisode(
            { support: held.train, query: held.validation },
            { shots, queries: QUERIES, seed: SEED, episode, among: digits },
          );
          const known = new Set(randomStream(SEED, 'known', episode).sample(digits.length, KNOWN));
          const references = partOf(support, known, true, encoder);
          const leftOut = new LeaveOneOut().distances(references, () => false);
          const average = meanOf(leftOut);
          const scales = (shrink: number) =>
            Array.from({ length: digits.length }, (_, label) => {
              const own = leftOut.filter((_, i) => references.labels[i] === label);
              return (own.reduce((sum, one) => sum + one, 0) + shrink * average) / (own.length + shrink);
            });
          const [plain, shrunken] = [scales(0), scales(SHRINK)];
          const scoresOf = async ({ values }: Features) =>
            (await distancesByClass(references, values)).map((distances) => {
              const distance = Math.min(...distances);
              const own = distances.indexOf(distance);
              return { distance, scaled: distance / plain[own]!, shrunken: distance / shrunken[own]! };
            });
          const inside = await scoresOf(partOf(query, known, true, encoder));
          const outside = await scoresOf(partOf(query, known, false, encoder));
          for (const score of ['distance', 'scaled', 'shrunken'] as const) {
            found[score].push(
              auroc(
                outside.map((one) => one[score]),
                inside.map((one) => one[score]),
              ),
            );
          }
          const { threshold } = calibrated(leftOut, FALSE_ALARMS);
          const above = (scores: typeof inside) =>
            meanOf(scores.map((one) => (one.distance > threshold ? 1 : 0)));
          found.falseAlarms.push(above(inside));
          found.found.push(above(outside));
        }
        rows.push({ model: name, space, shots, ...found });
        console.error(name, space, shots, percent(meanOf(found.distance)), percent(meanOf(found.scaled)));
      }
    }
    model.dispose();
  }
  const about = {
    schema: 'fewshot.unknown/1',
    command: commandOf('unknown'),
    seed: SEED,
    episodes: EPISODES,
  };
  const settings = { queries: QUERIES, known: KNOWN, falseAlarms: FALSE_ALARMS, split: 'validation' };
  file.write(
    { ...about, ...settings, backend: backend.name, versions: versionsOf(backend), rows },
    page(rows),
  );
}

const percent = (share: number) => (100 * share).toFixed(1);

function page(rows: readonly UnknownRow[]): string {
  const gain = (values: readonly number[], row: UnknownRow) => {
    const { mean, ci95 } = pairedDifference(values, row.distance);
    return `${mean < 0 ? '−' : '+'}${percent(Math.abs(mean))} ± ${percent(ci95!)}`;
  };
  const table = markdownTable(
    ['Encoder', 'compared', 'shots', 'distance', '÷ class', '÷ class, shrunken', 'false alarms', 'found'],
    rows.map((row) => [
      ...[row.model, row.space, String(row.shots), percent(estimate(row.distance).mean)],
      ...[gain(row.scaled, row), gain(row.shrunken, row)],
      ...[percent(meanOf(row.falseAlarms)), percent(meanOf(row.found))],
    ]),
  );
  return `# What is unknown, on validation digits\n\nArea under the ROC curve in %, of ${KNOWN} known digits against ${5 - KNOWN} unknown ones, none of which the encoder has seen, mean over ${EPISODES} episodes (seed ${SEED}), ${QUERIES} queries a class. By the distance to the nearest example; then what is gained, paired by episode, ± its 95 % interval, if it is divided by the mean distance of the neighbor's class to the nearest other example, and by the same with ${SHRINK} more examples at the mean of all classes. Last, by the distance, at the threshold for ${100 * FALSE_ALARMS} % false alarms (1 / (n + 1) where n examples are too few): the share of known queries that are called unknown, and of unknown ones. Made by \`${commandOf('unknown')}\`.\n\n${table}\n`;
}
