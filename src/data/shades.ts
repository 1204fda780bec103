/** Ink beyond this quantile is full. */
export const FULL = 0.9;

/** Full ink of values of which more is more ink: a high quantile of those above Otsu's threshold. */
export function fullInk(values: Float32Array): number {
  const sorted = Float64Array.from(values).sort();
  const cut = otsu(sorted);
  return cut === undefined ? 0 : quantile(sorted.subarray(cut.below), FULL);
}

/** Where sorted values part: so many lie below the threshold. */
export interface Cut {
  readonly threshold: number;
  readonly below: number;
  readonly separability: number;
}

/** The cut between sorted values that leaves the least variance within both parts (Otsu, 1979). */
export function otsu(sorted: Float64Array): Cut | undefined {
  let best = 0;
  let most = 0;
  const explained = explainedBy(sorted);
  for (let below = 1; below < sorted.length; below++) {
    if (sorted[below - 1] === sorted[below]) continue;
    const now = explained(below);
    if (now > most) [most, best] = [now, below];
  }
  if (best === 0) return undefined;
  return { threshold: (sorted[best - 1]! + sorted[best]!) / 2, below: best, separability: most };
}

/** Share of the variance of sorted values that a cut explains. */
function explainedBy(sorted: Float64Array): (below: number) => number {
  const count = sorted.length;
  const middle = quantile(sorted, 0.5);
  const sums = new Float64Array(count + 1);
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const value = sorted[i]! - middle;
    sums[i + 1] = sums[i]! + value;
    squares += value * value;
  }
  const total = squares - sums[count]! ** 2 / count;
  return (below) => {
    const gap = sums[below]! / below - (sums[count]! - sums[below]!) / (count - below);
    return total > 0 ? (gap * gap * below * (count - below)) / count / total : 0;
  };
}

/** Ink is at least so many standard deviations of the ground's noise away from it. */
export const APART = 5;
/** Less contrast is none: ten steps of 255. */
export const FAINT = 0.04;

/** Standard deviation of sorted values, by the median of what they are away from their level. */
export function spreadOf(sorted: Float64Array, level: number): number {
  return 1.4826 * quantile(sorted.map((value) => Math.abs(value - level)).sort(), 0.5);
}

/** The cut between the noise around the median and what is beyond, on the side where that is more. */
export function outliers(sorted: Float64Array): Cut | undefined {
  const level = quantile(sorted, 0.5);
  const far = Math.max(APART * spreadOf(sorted, level), FAINT / 2);
  const dark = sorted.subarray(
    0,
    sorted.findIndex((value) => value >= level - far),
  );
  const light = sorted.filter((value) => value > level + far);
  const mass = (values: Float64Array) => Math.abs(values.reduce((sum, value) => sum + value - level, 0));
  const beyond = mass(light) > mass(dark) ? light : dark;
  if (beyond.length === 0) return undefined;
  // Half of the way from the ground to the ink.
  const threshold = (level + quantile(beyond, 0.5)) / 2;
  const below = sorted.findIndex((value) => value > threshold);
  return { threshold, below, separability: explainedBy(sorted)(below) };
}

/** A quantile of sorted values, between two of them if need be. */
export function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return 0;
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const [first, next] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  return first + (next - first) * (place - low);
}
