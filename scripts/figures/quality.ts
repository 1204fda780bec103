import { qualityTable } from '../../src/cli/report/qualityTable.js';
import type { QualityMeasure, QualityResult } from '../../src/evaluate/quality/qualityResult.js';
import { decimal, fenced, markdownTable, percent, readResult } from './table.js';

/** Some measures of a result that has no page of its own. */
function shortTable(name: string, measures: readonly QualityMeasure[], titles: readonly string[]): string {
  const { results } = readResult<QualityResult>(name);
  const rows = [...new Set(results.map(({ model, path }) => (model === null ? path : `${model} ${path}`)))];
  const cell = (row: string, measure: QualityMeasure) => {
    const found = results.find(
      (one) =>
        one.measure === measure && (one.model === null ? one.path : `${one.model} ${one.path}`) === row,
    );
    if (found === undefined) return '';
    const shown = measure === 'largestStep' ? (value: number) => decimal(value, 2) : percent;
    return `${shown(found.mean)} ± ${shown(found.ci95!)}`;
  };
  return markdownTable(
    ['images', ...titles],
    rows.map((row) => [row, ...measures.map((measure) => cell(row, measure))]),
  );
}

/** Blocks on the quality of images, by name. */
export const qualityBlocks: Readonly<Record<string, () => string>> = {
  quality: () => fenced(qualityTable(readResult('quality'))),
  'quality-unseen': () =>
    shortTable(
      'quality-unseen',
      ['labelPreservation', 'classificationAccuracy', 'coverage', 'largestStep'],
      ['label kept', 'CAS', 'coverage', 'largest step'],
    ),
  'quality-paths': () =>
    shortTable(
      'quality-paths',
      ['labelPreservation', 'classificationAccuracy', 'coverage', 'recall'],
      ['label kept', 'CAS', 'coverage', 'recall'],
    ),
};
