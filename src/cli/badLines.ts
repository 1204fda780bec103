import type { BadImage } from '../data/index.js';
import { count } from '../report/figures.js';

/** Most images that are named one by one. */
const MOST = 20;

/** What to say of images that were passed over: how many, and each with its reason. */
export function badLines(bad: readonly BadImage[]): string[] {
  if (bad.length === 0) return [];
  const rest = bad.length - MOST;
  return [
    `Passed over ${count(bad.length)} ${bad.length === 1 ? 'image' : 'images'} that cannot be read:`,
    ...bad.slice(0, MOST).map(({ reason }) => `  ${reason}`),
    ...(rest > 0 ? [`  and ${count(rest)} more; fewshot inspect lists all.`] : []),
  ];
}
