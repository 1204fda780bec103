import type { ClassifierName } from '../evaluate/index.js';
import { type LinePanel, lineFigure } from '../report/index.js';
import type { Table2, Table2Row } from './table2Result.js';
import { novelDigits } from './table2Settings.js';
import { unique } from './unique.js';

const K = 1;
const panelTitles: Readonly<Record<ClassifierName, string>> = { knn: `KNN, k = ${K}`, cnn: 'CNN' };

/** Lines of the arms that were judged at every number of shots, where there are several. */
function panelOf(title: string, rows: readonly Table2Row[]): LinePanel[] {
  const { length } = unique(rows.map(({ shots }) => shots));
  if (length < 2) return [];
  const lines = unique(rows.map(({ arm }) => arm)).flatMap((name) => {
    const points = rows
      .filter(({ arm }) => arm === name)
      .map(({ shots, mean, ci95 }) => ({ x: shots, mean, ci95 }));
    return points.length < length ? [] : [{ name, points }];
  });
  return lines.length === 0 ? [] : [{ title, lines }];
}

/** Accuracy against shots, a panel for each protocol, encoder and classifier. */
export function table2Figure({ rows }: Pick<Table2, 'rows'>): string {
  const drawn = rows.filter(({ k }) => k === K || k === null);
  const panels = unique(drawn.map(({ protocol }) => protocol)).flatMap((protocol) => {
    const own = drawn.filter((row) => row.protocol === protocol);
    const models = unique(own.map(({ model }) => model));
    return models.flatMap((model) =>
      (['knn', 'cnn'] as const).flatMap((classifier) => {
        const digits = protocol === 'novel' ? novelDigits[model ?? ''] : undefined;
        const which = digits ?? (models.length > 1 ? model : undefined);
        const what = which === undefined ? protocol : `${protocol} ${which}`;
        return panelOf(
          `${what}, ${panelTitles[classifier]}`,
          own.filter((row) => row.model === model && row.classifier === classifier),
        );
      }),
    );
  });
  return lineFigure({
    title: 'Table 2: accuracy on MNIST against shots',
    xLabel: 'shots a class',
    yLabel: 'accuracy, %',
    legendTitle: 'arm',
    columns: 2,
    panels,
  });
}
