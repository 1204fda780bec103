import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { scatterFigure } from '../../src/cli/report/plots/scatterFigure.js';
import { classOrder } from '../../src/evaluate/metrics/classOrder.js';
import { principalPlane } from '../../src/evaluate/metrics/principalPlane.js';
import { estimate } from '../../src/evaluate/statistics.js';
import { codesOf, someCodes, testSetOf } from './codes.js';
import type { Exhibit } from './exhibit.js';
import { rowWith } from './exhibit.js';
import { training } from './pieces.js';
import { type EncoderKind, numericalOrder, type PosterLearner, titles } from './recipes.js';

interface Figure1Row {
  readonly learner: PosterLearner;
  /** Spearman correlation of the angle between class means with the difference of digits, mean over encoders. */
  readonly spearman: number;
  readonly ci95: number | null;
  readonly correlations: readonly number[];
  readonly seeds: readonly number[];
}

interface Map {
  readonly learner: PosterLearner;
  /** Share of the codes' variance along each axis. */
  readonly shares: readonly [number, number];
  readonly labels: readonly number[];
  readonly points: readonly (readonly number[])[];
}

interface Figure1 {
  readonly classes: readonly string[];
  readonly rows: readonly Figure1Row[];
  readonly maps: readonly Map[];
}

const kinds: readonly Omit<EncoderKind, 'seed'>[] = [
  { data: 'mnist', learner: 'vae' },
  { data: 'mnist', learner: 'atnl', variant: numericalOrder },
];

const round = (value: number) => Number(value.toFixed(3));

/** Figure 1: codes of a VAE lie by looks, those of ATNL in numerical order. */
export const figure1: Exhibit<Figure1> = {
  schema: 'fewshot.figure1/1',
  pieces: (lab) => kinds.flatMap((kind) => lab.scale.seeds.map((seed) => training(lab, { ...kind, seed }))),
  async measure(lab) {
    const { seeds, points } = lab.scale;
    const rows: Figure1Row[] = [];
    const maps: Map[] = [];
    let classes: string[] = [];
    for (const kind of kinds) {
      const correlations: number[] = [];
      for (const seed of seeds) {
        const model = await lab.encoder({ ...kind, seed });
        try {
          const { test } = await lab.dataset(kind.data);
          classes = test.classes.map(String);
          const { values, dimension, labels } = codesOf(model, test);
          correlations.push(classOrder(values, dimension, labels, test.classes.map(Number)).spearman);
          if (seed !== seeds[0]) continue;
          const shown = someCodes(model, test, points, seed);
          const plane = principalPlane(shown.values, shown.dimension);
          maps.push({
            learner: kind.learner,
            shares: plane.shares,
            labels: [...shown.labels],
            points: plane.points.map((point) => point.map(round)),
          });
        } finally {
          model.dispose();
        }
      }
      const { mean, ci95 } = estimate(correlations);
      rows.push({ learner: kind.learner, spearman: mean, ci95, correlations, seeds });
    }
    return { classes, rows, maps };
  },
  async draw({ classes, rows, maps, command, seeds, scale }) {
    const order = (learner: PosterLearner) => {
      const { spearman, ci95 } = rowWith(rows, { learner });
      const mean = spearman.toFixed(3).replace('-', '−');
      return ci95 === null ? mean : `${mean} ± ${ci95.toFixed(3)}`;
    };
    const table = markdownTable(
      ['Learner', 'Spearman'],
      rows.map(({ learner }) => [titles[learner], order(learner)]),
    );
    return {
      md: `# Figure 1: order of the codes\n\nSpearman correlation of the angle between the mean codes of two digits with the digits' difference, over all 45 pairs: the better the codes lie in numerical order the higher it is, up to 0.989, since differences have ties and angles have none. MNIST's ${testSetOf(scale)}, mean over ${seeds.length} ${seeds.length === 1 ? 'encoder' : 'encoders ± 95 % interval'} (seeds ${seeds.join(', ')}; ${scale} run). ATNL is trained with ordinal semantics. The map shows the plane of the codes' two principal components. Made by \`${command}\`.\n\n${table}\n\n![Two maps of codes](figure1.svg)\n`,
      svg: scatterFigure({
        title: 'Figure 1: codes of test digits, first two principal components',
        legendTitle: 'digit',
        classes: [...classes],
        colors: 'ordinal',
        panels: maps.map(({ learner, points, labels, shares }) => ({
          title: titles[learner],
          note: `Spearman ${order(learner)} · ${Math.round(100 * (shares[0] + shares[1]))} % of the variance`,
          points: points.map((point) => [...point]),
          labels: [...labels],
        })),
      }),
    };
  },
};
