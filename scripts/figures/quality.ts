import type { QualityMeasure, QualityResult } from '../../src/evaluate/quality/qualityResult.js';
import { decimal, markdownTable, percent, readResult } from './table.js';

/** Some measures of a result, by row. */
function shortTable(name: string, measures: readonly QualityMeasure[], titles: readonly string[]): string {
  const { results } = readResult<QualityResult>(name);
  const rows = [...new Set(results.map(({ model, path }) => (model === null ? path : `${model} ${path}`)))];
  const cell = (row: string, measure: QualityMeasure) => {
    const found = results.find(
      (one) =>
        one.measure === measure && (one.model === null ? one.path : `${one.model} ${one.path}`) === row,
    );
    if (found === undefined) return '';
    const shown = measure === 'frechetLeNet' ? (value: number) => decimal(value, 2) : percent;
    return `${shown(found.mean)} ± ${shown(found.ci95!)}`;
  };
  return markdownTable(
    ['images', ...titles],
    rows.map((row) => [row, ...measures.map((measure) => cell(row, measure))]),
  );
}

/** Blocks on the quality of images, by name. */
export const qualityBlocks: Readonly<Record<string, () => string>> = {
  quality: () =>
    shortTable(
      'quality',
      ['labelPreservation', 'classificationAccuracy', 'frechetLeNet', 'coverage'],
      ['label kept, %', 'CAS, %', 'FLD ↓', 'coverage, %'],
    ),
};
