import { existsSync } from 'node:fs';
import { evaluationTable } from '../../src/cli/report/evaluationTable.js';
import type { ArmResult, EvaluationResult } from '../../src/evaluate/result.js';
import { gain, rowOf } from './gain.js';
import { fenced, markdownTable, percent, readResult } from './table.js';

/** A gain on the strongest baseline of an evaluation. */
interface Gain {
  readonly images: string;
  readonly file: string;
  readonly classifier: ArmResult['classifier'];
  readonly baseline: string;
  readonly arm: string;
}

const all = 'restyle+geometric+labels';
const withSymbols = 'restyle+geometric+symbols+labels';
const known: readonly Gain[] = (
  [
    ['digits, `mnist`', 'knn-mnist-10-shots-k10', 'knn', 'light', 'restyle'],
    ['digits, `mnist`', 'eval-10-shots-k10-styled', 'cnn', 'geometric', all],
    ['clothes, `fashion-mnist`', 'knn-fashion-10-shots', 'knn', 'light', 'restyle'],
    ['clothes, `fashion-mnist`', 'eval-10-shots-fashion', 'cnn', 'affine', 'restyle'],
  ] as const
).map(asGain);
const unseenDigits = (images: string, half: string) =>
  (
    [
      [images, `novel-mnist-${half}-1-shots`, 'cnn', 'geometric', all],
      [images, `novel-mnist-${half}-1-shots-taught`, 'cnn', 'geometric', withSymbols],
      [images, `knn-mnist-${half}-1-shots`, 'knn', 'wide', 'tangent-wide'],
      [images, `novel-mnist-${half}-5-shots`, 'cnn', 'geometric', all],
      [images, `knn-mnist-${half}-5-shots`, 'knn', 'light', 'mean-light'],
    ] as const
  ).map(asGain);
const unseen: readonly Gain[] = [
  ...unseenDigits('digits 5–9, `mnist-01234`', '01234'),
  ...unseenDigits('digits 0–4, `mnist-56789`', '56789'),
  ...(
    [
      ['sandal to ankle boot, `fashion-01234`', 'knn-fashion-01234-5-shots', 'knn', 'light', 'mean-detail'],
      ['t-shirt to coat, `fashion-56789`', 'knn-fashion-56789-5-shots', 'knn', 'light', 'mean-detail'],
    ] as const
  ).map(asGain),
];

function asGain([images, file, classifier, baseline, arm]: readonly [
  string,
  string,
  ArmResult['classifier'],
  string,
  string,
]): Gain {
  return { images, file, classifier, baseline, arm };
}

/** The two rows of a gain, and what they are of. */
function rowsOf({ file, arm, baseline, classifier }: Gain) {
  const made = rowOf(file, arm, classifier)!;
  return {
    shots: readResult<EvaluationResult>(file).shots,
    ...{ made, baseline: rowOf(file, baseline, classifier)! },
    classifier: made.k === null ? 'CNN' : `KNN, k = ${made.k}`,
  };
}

/** The gains that the README shows. */
export const shortGains = () =>
  [known[0]!, known[1]!, unseen[1]!].map((one) => ({
    ...rowsOf(one),
    images: one.images.replaceAll('`', ''),
    arm: one.arm,
  }));

/** Table of gains. `up` leads from the page to the root of the repository. */
function gainTable(gains: readonly (Gain | string)[], up: string): string {
  const linked = (arm: string) => {
    const file = `examples/pipelines/${arm}.json`;
    return existsSync(new URL(`../../${file}`, import.meta.url))
      ? `[\`${arm}\`](${up}${file})`
      : `\`${arm}\``;
  };
  const rows = gains.map((one) => {
    if (typeof one === 'string') return [`**${one}**`, '', '', '', '', ''];
    const { shots, classifier, made, baseline } = rowsOf(one);
    return [
      one.images,
      `[${shots}](${up}paper/results/${one.file}.json)`,
      classifier,
      `${linked(one.baseline)} ${percent(baseline.mean)}`,
      `${linked(one.arm)} ${percent(made.mean)}`,
      gain(made, baseline),
    ];
  });
  return markdownTable(
    ['images, encoder', 'shots', 'classifier', 'baseline', 'hallucinated', 'gain'],
    rows,
    'lrlrrr',
  );
}

/** Blocks on stored evaluations, by name. */
export const evaluationBlocks: Readonly<Record<string, () => string>> = {
  'five-shots': () => fenced(evaluationTable(readResult('eval-5-shots'))),
  gains: () =>
    gainTable(
      [
        'classes that the encoder knows (`paper`)',
        ...known,
        'classes that it has never seen (`novel`)',
        ...unseen,
      ],
      '../',
    ),
};
