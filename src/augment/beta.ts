import type { RandomStream } from '../core/index.js';

/**
 * A number in [0, 1] from the symmetric Beta(α, α) distribution: x / (x + y) for two Gamma(α) numbers. Computed from
 * their logarithms, since for small α both are often below the smallest number that a float can hold.
 */
export function symmetricBeta(random: RandomStream, alpha: number): number {
  const x = logGamma(random, alpha);
  const y = logGamma(random, alpha);
  return 1 / (1 + Math.exp(y - x));
}

/**
 * Logarithm of a Gamma(α, 1) number. After Marsaglia and Tsang, A Simple Method for Generating Gamma Variables, 2000; for
 * α below 1 by their relation Gamma(α) = Gamma(α + 1) · U^(1/α).
 */
function logGamma(random: RandomStream, alpha: number): number {
  const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const boost = alpha < 1 ? Math.log(1 - random.uniform()) / alpha : 0;
  for (;;) {
    const x = random.normal();
    const cube = (1 + c * x) ** 3;
    if (cube <= 0) continue;
    const logCube = Math.log(cube);
    if (Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * cube + d * logCube) {
      return Math.log(d) + logCube + boost;
    }
  }
}
