import { armNames, type EvaluationResult, pairedDifference } from '../evaluate/index.js';
import { points, verdictOf } from './figures.js';

/** Arms that hallucinate nothing. */
const plain = ['none', 'variants', 'affine', 'geometric', 'geometric+labels', 'geometric+symbols+labels'];
const classifierNames = { knn: 'KNN', cnn: 'CNN' };

/**
 * A sentence for each classifier with which no arm that hallucinates is clearly above the best of those that do not. Pipelines,
 * which may do either, and `codes`, which makes no images, are left aside.
 */
export function noGain({ results }: Pick<EvaluationResult, 'results'>): string[] {
  return (['knn', 'cnn'] as const).flatMap((classifier) => {
    const rows = results.filter((row) => row.classifier === classifier);
    const best = (arms: readonly string[]) =>
      rows.filter(({ arm }) => arms.includes(arm)).sort((a, b) => b.mean - a.mean)[0];
    const without = best(plain);
    const made = best(armNames.filter((arm) => arm !== 'codes' && !plain.includes(arm)));
    if (without === undefined || made === undefined || made.ci95 === null) return [];
    const { mean: difference, ci95 } = pairedDifference(made.episodes, without.episodes);
    if (verdictOf({ difference, ci95 }) === 'better') return [];
    return [
      `With the ${classifierNames[classifier]}, hallucination shows no clear gain here: ${made.arm} less ${without.arm} is ${points({ difference, ci95 })} points.`,
    ];
  });
}
