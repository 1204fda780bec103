import { UsageError } from '../../core/index.js';

/**
 * Even places on a path: `steps` from 0 to 1, ends included, and before and after them as many more as keep their distance
 * about the same up to `extrapolate` beyond each end, at least one where that is more than 0.
 *
 * @param steps whole, at least 2
 * @param extrapolate how far beyond the ends, as a share of the way between them. Default: 0
 * @throws UsageError when either is out of range
 */
export function evenOmegas(steps: number, extrapolate = 0): number[] {
  if (!Number.isSafeInteger(steps) || steps < 2) {
    throw new UsageError(`steps is ${steps}, but must be a whole number of at least 2`);
  }
  if (!(extrapolate >= 0 && extrapolate < Number.POSITIVE_INFINITY)) {
    throw new UsageError(`extrapolate is ${extrapolate}, but must be a finite number of at least 0`);
  }
  const more = extrapolate === 0 ? 0 : Math.max(1, Math.round(extrapolate * (steps - 1)));
  const beyond = Array.from({ length: more }, (_, i) => extrapolate * ((i + 1) / more));
  const between = Array.from({ length: steps }, (_, i) => i / (steps - 1));
  return [...beyond.map((way) => -way).reverse(), ...between, ...beyond.map((way) => 1 + way)];
}
