/**
 * Index of the first value that is NaN or infinite, or −1. All values are looked at in one loop without branches first
 * (v − v is 0 for a finite v and NaN for any other), as a callback for each would cost more than a decoder does. Two sums
 * run side by side, so that an addition need not wait for the one before.
 */
export function firstNonFinite(values: Float32Array): number {
  const { length } = values;
  let [even, odd] = [0, 0];
  let i = 0;
  for (; i + 1 < length; i += 2) {
    const [a, b] = [values[i]!, values[i + 1]!];
    even += a - a;
    odd += b - b;
  }
  if (i < length) even += values[i]! - values[i]!;
  return even + odd === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}
