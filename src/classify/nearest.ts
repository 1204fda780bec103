/**
 * Writes the indices of the `nearest.length` smallest sums `scores[i] + offsets[i]` into `nearest`, smallest first; of equal sums the one
 * that comes first. `best` is scratch space of the same length. Insertion into a short sorted list: for the small k of
 * few-shot learning almost every score costs a single comparison.
 */
export function selectNearest(
  scores: Float32Array,
  offsets: Float32Array,
  nearest: Int32Array,
  best: Float32Array,
): void {
  const last = nearest.length - 1;
  best.fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]! + offsets[i]!;
    if (score >= best[last]!) continue;
    let place = last;
    while (place > 0 && best[place - 1]! > score) {
      best[place] = best[place - 1]!;
      nearest[place] = nearest[place - 1]!;
      place--;
    }
    best[place] = score;
    nearest[place] = i;
  }
}
