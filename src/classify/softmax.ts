/** Powers of e that are scaled to add up to 1. */
export function softmax(scores: Float64Array): Float64Array {
  const most = scores[indexOfMost(scores)]!;
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** Index of the largest value; of equal ones the first. */
export function indexOfMost(scores: Float64Array): number {
  let most = 0;
  for (let c = 1; c < scores.length; c++) if (scores[c]! > scores[most]!) most = c;
  return most;
}
