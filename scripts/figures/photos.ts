import type { ArmResult, EvaluationResult } from '../../src/evaluate/result.js';
import { gain } from './accuracyTable.js';
import { markdownTable, percent, readResult } from './table.js';

type Classifier = ArmResult['classifier'];

const up = '../paper/results/';

/** A row of a stored evaluation of features. */
function rowOf(file: string, arm: string, classifier: Classifier): ArmResult | undefined {
  const { results } = readResult<EvaluationResult>(file);
  return results.find((row) => row.arm === arm && row.classifier === classifier);
}

/** Accuracies by arm and classifier, with the difference to the real codes alone by the same classifier. */
function armTable(
  columns: readonly (readonly [title: string, file: string])[],
  arms: readonly (readonly [classifier: Classifier, ...arms: string[]])[],
): string {
  const cell = (file: string, arm: string, classifier: Classifier) => {
    const row = rowOf(file, arm, classifier);
    const alone = rowOf(file, 'codes', classifier);
    if (row === undefined || alone === undefined) return '';
    return arm === 'codes' ? percent(row.mean) : `${percent(row.mean)} (${gain(row, alone)})`;
  };
  return markdownTable(
    ['classifier', 'arm', ...columns.map(([title, file]) => `[${title}](${up}${file}.json)`)],
    arms.flatMap(([classifier, ...names]) =>
      names.map((arm) => [
        `\`${classifier}\``,
        `\`${arm}\``,
        ...columns.map(([, file]) => cell(file, arm, classifier)),
      ]),
    ),
    `ll${'r'.repeat(columns.length)}`,
  );
}

/** Accuracies by prototypes in the same episodes, each beside those of the features as they are. */
function prototypesTable(
  rows: readonly (readonly [title: string, arm: string, ...files: string[]])[],
  columns: readonly string[],
): string {
  const [, , ...plain] = rows[0]!;
  return markdownTable(
    ['', ...columns],
    rows.map(([title, arm, ...files]) => [
      title,
      ...columns.map((_, column) => {
        const file = files[column];
        if (file === undefined) return '';
        const row = rowOf(file, arm, 'prototypes')!;
        const text = `[${percent(row.mean)}](${up}${file}.json)`;
        const reference = rowOf(plain[column]!, 'codes', 'prototypes')!;
        return row.arm === 'codes' && file === plain[column] ? text : `${text} (${gain(row, reference)})`;
      }),
    ]),
  );
}

const caltech = (shots: string, kind = '') => `photos-caltech-${shots}${kind}`;

/** Files of one way to make codes: validation classes, one shot, five shots, and both of traffic signs where those were judged. */
const inFull = (kind: string, signs = false) => [
  ...[`photos-validation${kind}`, caltech('1-shot', kind), caltech('5-shots', kind)],
  ...(signs ? [`photos-gtsrb-1-shot${kind}`, `photos-gtsrb-5-shots${kind}`] : []),
];

/** Blocks on features of photos, by name. */
export const photosBlocks: Readonly<Record<string, () => string>> = {
  codes: () =>
    armTable(
      [
        ['Caltech, 1 shot', caltech('1-shot')],
        ['5 shots', caltech('5-shots')],
        ['10 shots', caltech('10-shots')],
        ['all 25 classes, 5 shots', caltech('5-shots', '-all-ways')],
        ['GTSRB, 1 shot', 'photos-gtsrb-1-shot'],
        ['5 shots', 'photos-gtsrb-5-shots'],
      ],
      [
        ['prototypes', 'codes', 'codes+geometric', 'codes+views'],
        [
          'knn',
          'codes',
          'codes+slerp',
          'codes+mean',
          'codes+geometric+mean',
          'codes+views',
          'codes+views+mean',
        ],
        ['head', 'codes', 'codes+slerp', 'codes+mean', 'codes+geometric', 'codes+views+mean'],
      ],
    ),
  'codes-in-full': () =>
    prototypesTable(
      [
        ['160 pixels', 'codes', ...inFull('', true)],
        ['160 pixels, views', 'codes+views', ...inFull('')],
        ['160 pixels, head', 'codes', ...inFull('-head', true)],
        ['224 pixels', 'codes', ...inFull('-224')],
        ['224 pixels, views', 'codes+views', ...inFull('-224')],
        ['224 pixels, head', 'codes', ...inFull('-224-head')],
        ['224 pixels, head, views', 'codes+views', ...inFull('-224-head')],
      ],
      ['validation, 1 shot', '1 shot', '5 shots', 'GTSRB, 1 shot', '5 shots'],
    ),
};
