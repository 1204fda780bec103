import { estimate, pairedDifference, proportion } from '../statistics.js';
import type { PartFigures } from './bench.js';
import { qualityMeasures } from './measures.js';
import type { QualityComparison, QualityFigure, QualityRow } from './result.js';

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Means and intervals of rows over their episodes, row by row. */
export function figuresOf(
  found: readonly { readonly row: QualityRow; readonly parts: readonly PartFigures[] }[],
): QualityFigure[] {
  return found.flatMap(({ row, parts }) =>
    qualityMeasures.flatMap((measure): QualityFigure[] => {
      const episodes = parts.flatMap(({ figures }) => figures[measure] ?? []);
      if (episodes.length === 0) return [];
      const figure = { ...row, measure, ...estimate(episodes), episodes };
      if (measure !== 'labelPreservation') return [figure];
      const preserved = sum(parts.map((part) => part.preserved));
      return [{ ...figure, pooled: proportion(preserved, sum(parts.map(({ images }) => images))) }];
    }),
  );
}

/** Every figure beside that of the first slerp; none where there is no slerp. */
export function comparisonsOf(results: readonly QualityFigure[]): QualityComparison[] {
  const slerp = results.find(({ path }) => path === 'slerp');
  if (slerp === undefined) return [];
  const against: QualityRow = { model: slerp.model, path: slerp.path };
  const isAgainst = ({ model, path }: QualityRow) => model === against.model && path === against.path;
  return results.flatMap((figure) => {
    const { model, path, measure, episodes } = figure;
    const other = results.find((candidate) => isAgainst(candidate) && candidate.measure === measure);
    if (isAgainst(figure) || other === undefined) return [];
    const { mean: difference, ci95 } = pairedDifference(episodes, other.episodes);
    return [{ model, path, against, measure, difference, ci95 }];
  });
}
