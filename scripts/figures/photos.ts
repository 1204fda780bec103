import type { ArmResult } from '../../src/evaluate/result.js';
import { gain, rowOf } from './gain.js';
import { markdownTable, percent } from './table.js';

type Classifier = ArmResult['classifier'];

const up = '../paper/results/';

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

const caltech = (shots: string, kind = '') => `photos-caltech-${shots}${kind}`;

/** Blocks on features of photos, by name. */
export const photosBlocks: Readonly<Record<string, () => string>> = {
  codes: () =>
    armTable(
      [
        ['Caltech, 1 shot', caltech('1-shot')],
        ['5 shots', caltech('5-shots')],
        ['all 25 classes, 5 shots', caltech('5-shots', '-all-ways')],
        ['GTSRB, 5 shots', 'photos-gtsrb-5-shots'],
      ],
      [
        ['prototypes', 'codes', 'codes+views'],
        ['knn', 'codes', 'codes+slerp', 'codes+mean', 'codes+views+mean'],
        ['head', 'codes', 'codes+mean', 'codes+views+mean'],
      ],
    ),
};
