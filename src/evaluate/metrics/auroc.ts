/**
 * Area under the ROC curve: the chance that a positive has a higher score than a negative, where equal scores count half. By
 * ranks (Mann and Whitney, "On a test of whether one of two random variables is stochastically larger", 1947).
 *
 * @param positives scores of what is to be found; at least 1
 * @param negatives scores of all else; at least 1
 */
export function auroc(positives: readonly number[], negatives: readonly number[]): number {
  const scores = [
    ...positives.map((score) => ({ score, found: 1 })),
    ...negatives.map((score) => ({ score, found: 0 })),
  ].sort((a, b) => a.score - b.score);
  let sum = 0;
  for (let from = 0; from < scores.length; ) {
    let to = from;
    let found = 0;
    for (; to < scores.length && scores[to]!.score === scores[from]!.score; to++) found += scores[to]!.found;
    // Ranks from + 1 … to are shared by all that are equal.
    sum += (found * (from + 1 + to)) / 2;
    from = to;
  }
  const { length } = positives;
  return (sum - (length * (length + 1)) / 2) / (length * negatives.length);
}
