import type { Inspection } from '../data/own/inspectCatalog.js';
import { count } from '../report/figures.js';

/** What a look at every image has found, for people. */
export function inspectionText(data: string, found: Inspection): string {
  const { images, classes, sides, coloured, bad, duplicates, leaks } = found;
  const lines = [
    `${data}: ${count(images)} images of ${count(classes.length)} classes; ${sides[0]} to ${sides[1]} pixels a side; ${count(coloured)} in colour, ${count(images - coloured)} gray`,
    ...classes.map(({ label, images: own }) => {
      const parts = Object.entries(own).map(([split, n]) =>
        split === 'all' ? count(n) : `${split} ${count(n)}`,
      );
      return `  ${label}: ${parts.join(', ')}`;
    }),
    `cannot be read: ${count(bad.length)}`,
    ...bad.map(({ reason }) => `  ${reason}`),
    `the same bytes more than once: ${count(duplicates.length)}`,
    ...duplicates.map((names) => `  ${names.join(' = ')}`),
    `nearly the same picture in train and another split: ${count(leaks.length)}`,
    ...leaks.map((pair) => `  ${pair.join(' ≈ ')}`),
  ];
  return `${lines.join('\n')}\n`;
}
