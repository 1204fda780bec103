import { exactKnn } from '../../src/classify/exactKnn.js';
import { datasetDefaults } from '../../src/cli/produce/dataset.js';
import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { dotFigure } from '../../src/cli/report/plots/dotFigure.js';
import { linearProbe } from '../../src/evaluate/metrics/linearProbe.js';
import { estimate } from '../../src/evaluate/statistics.js';
import { type Codes, codesOf, testSetOf } from './codes.js';
import type { Exhibit } from './exhibit.js';
import { rowWith } from './exhibit.js';
import type { Lab } from './lab.js';
import { type EncoderKind, type ExhibitData, nameOf, type PosterLearner, titles } from './recipes.js';

type Classifier = 'knn' | 'linear';

interface Table1Row {
  readonly dataset: ExhibitData;
  readonly learner: PosterLearner;
  readonly classifier: Classifier;
  /** Accuracy on the whole test set, in [0, 1], mean over encoders. */
  readonly mean: number;
  /** Half the 95 % interval over encoders; `null` for one. */
  readonly ci95: number | null;
  /** Accuracy of each encoder. */
  readonly accuracies: readonly number[];
  readonly seeds: readonly number[];
  /** The poster's figure: on MNIST, and on CMU Multi-PIE where ours is the stand-in. */
  readonly poster: number;
}

interface Table1 {
  readonly k: number;
  readonly rows: readonly Table1Row[];
}

const K = 10;
const learners = ['ae', 'vae', 'vaeTripletLoss', 'atnl'] as const;
const poster: Readonly<
  Record<'mnist' | 'faces-stand-in', Readonly<Record<(typeof learners)[number], number>>>
> = {
  mnist: { ae: 0.9463, vae: 0.9642, vaeTripletLoss: 0.9846, atnl: 0.9914 },
  'faces-stand-in': { ae: 0.848, vae: 0.8626, vaeTripletLoss: 0.9136, atnl: 0.9241 },
};
const datasets = ['mnist', 'faces-stand-in'] as const;
const shortTitles = { mnist: 'MNIST', 'faces-stand-in': 'Faces (stand-in)' };
const classifierTitles: Readonly<Record<Classifier, string>> = {
  knn: `KNN, k = ${K}`,
  linear: 'linear probe',
};

/** Accuracy of codes on a whole test set: every train image is a reference of the KNN and an example of the probe. */
async function judge(train: Codes, test: Codes): Promise<Record<Classifier, number>> {
  const classes = train.classes.length;
  const named = await exactKnn.predict(train, test.values, { k: K, classes });
  const right = test.labels.reduce((sum, label, i) => sum + Number(named[i] === label), 0);
  return { knn: right / test.labels.length, linear: linearProbe(train, test, { classes }).accuracy };
}

/** Accuracies of one encoder. */
async function accuraciesOf(lab: Lab, kind: EncoderKind) {
  const { data, learner, seed } = kind;
  const model = await lab.encoder(kind);
  try {
    const key = { digest: model.digest, k: K, scale: lab.scale.name };
    return await lab.once(`table1-${data}-${learner}-${seed}`, key, async () => {
      const { train, test } = await lab.dataset(data);
      lab.progress(`Judging codes of ${data}, ${learner}, seed ${seed}`)(0, 1);
      return judge(codesOf(model, train, lab.scale.limit), codesOf(model, test));
    });
  } finally {
    model.dispose();
  }
}

/** Encoders of a row, by seed. */
const kindsOf = ({ scale }: Lab, data: ExhibitData, learner: PosterLearner): EncoderKind[] =>
  scale.seeds.map((seed) => ({ data, learner, seed }));

/** Table 1: accuracy of representations. */
export const table1: Exhibit<Table1> = {
  schema: 'fewshot.table1/1',
  pieces: (lab) =>
    datasets.flatMap((dataset) =>
      learners
        .flatMap((learner) => kindsOf(lab, dataset, learner))
        .map((kind) => ({ name: nameOf(kind), make: () => accuraciesOf(lab, kind) })),
    ),
  async measure(lab) {
    const rows: Table1Row[] = [];
    for (const dataset of datasets) {
      for (const learner of learners) {
        const found: Record<Classifier, number>[] = [];
        for (const kind of kindsOf(lab, dataset, learner)) found.push(await accuraciesOf(lab, kind));
        for (const classifier of ['knn', 'linear'] as const) {
          const own = found.map((accuracy) => accuracy[classifier]);
          rows.push({
            dataset,
            learner,
            classifier,
            ...estimate(own),
            accuracies: own,
            seeds: lab.scale.seeds,
            poster: poster[dataset][learner],
          });
        }
      }
    }
    return { k: K, rows };
  },
  async draw({ rows, command, seeds, scale }) {
    const percent = (share: number) => (100 * share).toFixed(2);
    const measured = ({ mean, ci95 }: Table1Row) =>
      ci95 === null ? percent(mean) : `${percent(mean)} ± ${percent(ci95)}`;
    const tables = datasets.map((dataset) => {
      const of = (learner: PosterLearner, classifier: Classifier) =>
        rowWith(rows, { dataset, learner, classifier });
      const lines = learners.map((learner) => [
        titles[learner],
        measured(of(learner, 'knn')),
        measured(of(learner, 'linear')),
        percent(of(learner, 'knn').poster),
      ]);
      const where = dataset === 'mnist' ? 'Poster' : 'Poster, on CMU Multi-PIE';
      const header = ['Learner', classifierTitles.knn, classifierTitles.linear, where];
      return `## ${datasetDefaults(dataset).title}\n\n${markdownTable(header, lines)}`;
    });
    const note = `Accuracy in % of classifiers on codes, ${testSetOf(scale)}, mean over ${seeds.length} ${seeds.length === 1 ? 'encoder' : 'encoders ± 95 % interval'} (seeds ${seeds.join(', ')}; ${scale} run). Made by \`${command}\`.`;
    return {
      md: `# Table 1: accuracy of representations\n\n${note}\n\n${tables.join('\n\n')}\n\n![Accuracies with their intervals, beside the poster's](table1.svg)\n`,
      svg: dotFigure({
        title: 'Table 1: accuracy of classifiers on codes',
        xLabel: 'accuracy on the test set, %',
        referenceLabel: 'poster (on Multi-PIE for the faces)',
        columns: 2,
        panels: datasets.flatMap((dataset) =>
          (['knn', 'linear'] as const).map((classifier) => ({
            title: `${shortTitles[dataset]}, ${classifierTitles[classifier]}`,
            rows: rows
              .filter((row) => row.dataset === dataset && row.classifier === classifier)
              .map((row) => ({
                name: titles[row.learner],
                mean: row.mean,
                ci95: row.ci95,
                reference: row.poster,
              })),
          })),
        ),
      }),
    };
  },
};
