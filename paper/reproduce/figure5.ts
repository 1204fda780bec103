import { datasetDefaults } from '../../src/cli/produce/dataset.js';
import { codesBy, embedCodes } from '../../src/cli/produce/embedCodes.js';
import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { type ScatterFigure, scatterFigure } from '../../src/cli/report/plots/scatterFigure.js';
import { scatterPage } from '../../src/cli/report/plots/scatterPage.js';
import { pointRows } from '../../src/core/points.js';
import type { Exhibit } from './exhibit.js';
import { rowWith } from './exhibit.js';
import type { Lab } from './lab.js';
import { type EncoderKind, type ExhibitData, nameOf, type PosterLearner, titles } from './recipes.js';

interface Figure5Row {
  readonly dataset: ExhibitData;
  readonly learner: PosterLearner;
  readonly dimensions: 2 | 3;
  /** In [0, 1]; 1 where every neighbour on the map is a neighbour among the codes. */
  readonly trustworthiness: number;
  /** Class of each point, as an index into the data's classes. */
  readonly labels: readonly number[];
  readonly points: readonly (readonly number[])[];
}

interface Figure5 {
  readonly classes: Readonly<Record<string, readonly string[]>>;
  readonly perplexity: number;
  readonly rows: readonly Figure5Row[];
}

const datasets = ['faces-stand-in', 'mnist'] as const;
const learners = ['ae', 'vae', 'aae', 'atnl'] as const;
const SEED = 1;
const PERPLEXITY = 30;

const kindOf = (data: ExhibitData, learner: PosterLearner): EncoderKind => ({ data, learner, seed: SEED });

async function panel(
  lab: Lab,
  dataset: ExhibitData,
  learner: PosterLearner,
  dimensions: 2 | 3,
): Promise<Figure5Row> {
  const model = await lab.encoder(kindOf(dataset, learner));
  try {
    const { points: count, iterations } = lab.scale;
    const key = { digest: model.digest, count, iterations };
    return await lab.once(`figure5-${dataset}-${learner}-${dimensions}`, key, async () => {
      const { test } = await lab.dataset(dataset);
      const embedded = await embedCodes(codesBy(model, test), {
        method: 'tsne',
        dimensions,
        count,
        perplexity: PERPLEXITY,
        iterations,
        seed: SEED,
        onProgress: lab.progress(`t-SNE of ${dataset}, ${learner}, ${dimensions}-D`),
        ...(lab.signal === undefined ? {} : { signal: lab.signal }),
      });
      return {
        dataset,
        learner,
        dimensions,
        trustworthiness: embedded.trustworthiness,
        labels: [...embedded.labels],
        points: pointRows(embedded.points, dimensions, 2),
      };
    });
  } finally {
    model.dispose();
  }
}

/** One figure of all panels of a data set and a dimension. */
function figureOf({ rows, classes }: Figure5, dataset: ExhibitData, dimensions: 2 | 3): ScatterFigure {
  return {
    title: `t-SNE of codes in ${dimensions}-D: ${datasetDefaults(dataset).title}`,
    legendTitle: dataset === 'mnist' ? 'digit' : 'yaw, degrees',
    classes: [...classes[dataset]!],
    colors: dataset === 'mnist' ? 'categorical' : 'ordinal',
    panels: rows
      .filter((row) => row.dataset === dataset && row.dimensions === dimensions)
      .map((row) => ({
        title: titles[row.learner],
        note: `trustworthiness ${row.trustworthiness.toFixed(3)}`,
        points: row.points.map((point) => [...point]),
        labels: [...row.labels],
      })),
  };
}

/** Figure 5: t-SNE of codes in two and three dimensions. */
export const figure5: Exhibit<Figure5> = {
  schema: 'fewshot.figure5/1',
  pieces: (lab) =>
    datasets.flatMap((dataset) =>
      learners.flatMap((learner) =>
        ([2, 3] as const).map((dimensions) => ({
          name: nameOf(kindOf(dataset, learner)),
          make: () => panel(lab, dataset, learner, dimensions),
        })),
      ),
    ),
  async measure(lab) {
    const rows: Figure5Row[] = [];
    const classes: Record<string, string[]> = {};
    for (const dataset of datasets) {
      for (const learner of learners) {
        for (const dimensions of [2, 3] as const) rows.push(await panel(lab, dataset, learner, dimensions));
      }
      classes[dataset] = (await lab.dataset(dataset)).test.classes.map(String);
    }
    return { classes, perplexity: PERPLEXITY, rows };
  },
  async draw(result) {
    const files: Record<string, string> = {};
    for (const dataset of datasets) {
      for (const dimensions of [2, 3] as const) {
        const figure = figureOf(result, dataset, dimensions);
        files[`${dataset}-${dimensions}d.svg`] = scatterFigure(figure);
        if (dimensions === 3) files[`${dataset}-3d.html`] = scatterPage(figure);
      }
    }
    const table = markdownTable(
      ['Data', 'Learner', '2-D', '3-D'],
      datasets.flatMap((dataset) =>
        learners.map((learner) => {
          const of = (dimensions: 2 | 3) =>
            rowWith(result.rows, { dataset, learner, dimensions }).trustworthiness.toFixed(3);
          return [datasetDefaults(dataset).title, titles[learner], of(2), of(3)];
        }),
      ),
      2,
    );
    const pictures = datasets.map((dataset) =>
      [
        `## ${datasetDefaults(dataset).title}`,
        ...[2, 3].map((d) => `![t-SNE in ${d}-D](figure5-${dataset}-${d}d.svg)`),
        `[The 3-D maps to turn by hand](figure5-${dataset}-3d.html)`,
      ].join('\n\n'),
    );
    return {
      ...files,
      md: `# Figure 5: t-SNE of codes\n\nTrustworthiness (12 neighbours) of the maps of ${result.rows[0]!.labels.length} test images, perplexity ${result.perplexity}, seed ${SEED} (${result.scale} run). The faces are a rendered stand-in for CMU Multi-PIE, coloured by yaw; nobody of the test set is in the train set. Made by \`${result.command}\`.\n\n${table}\n\n${pictures.join('\n\n')}\n`,
    };
  },
};
