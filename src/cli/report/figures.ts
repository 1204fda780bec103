import type { Comparison } from '../../evaluate/result.js';
import type { ClassifierName } from '../../evaluate/settings.js';

/** Classifiers in sentences: with the KNN. */
export const classifierNames: Readonly<Record<ClassifierName, string>> = {
  ...{ knn: 'KNN', cnn: 'CNN', prototypes: 'prototypes', head: 'linear head' },
};

/** A count with thousands separators: 12,000. */
export const count = (value: number): string => value.toLocaleString('en');

/** `1 image`, `12 images`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** A share in percent, without the sign. */
export const percent = (share: number): string => (100 * share).toFixed(1);

/** A share in percent with its interval, if it has one. */
export const estimated = ({ mean, ci95 }: { readonly mean: number; readonly ci95: number | null }): string =>
  ci95 === null ? percent(mean) : `${percent(mean)} ± ${percent(ci95)}`;

/** A difference in points with its interval, if it has one: `−3.1 ± 4.0`. */
export function points({ difference, ci95 }: Pick<Comparison, 'difference' | 'ci95'>): string {
  const size = percent(Math.abs(difference));
  const sign = difference < 0 && Number(size) > 0 ? '−' : '+';
  return ci95 === null ? `${sign}${size}` : `${sign}${size} ± ${percent(ci95)}`;
}

/** Verdict on a difference: `open` if its interval contains zero, or there is none. */
export function verdictOf({
  difference,
  ci95,
}: Pick<Comparison, 'difference' | 'ci95'>): 'better' | 'worse' | 'open' {
  if (ci95 === null || Math.abs(difference) <= ci95) return 'open';
  return difference > 0 ? 'better' : 'worse';
}
