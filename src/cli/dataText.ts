import { defaultSettings } from '../evaluate/settings.js';
import type { Catalog } from '../node/images/catalog.js';
import { type CutImages, cutToLearn } from '../node/images/cut.js';
import type { Inspection } from '../node/images/inspectCatalog.js';
import type { BadImage } from '../node/images/readImages.js';
import { count } from './report/figures.js';

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

/** The images that can be read, as every command cuts them, and how many of each class an episode can learn from. */
export interface CutFound extends CutImages {
  readonly shots: number;
}

/**
 * Cuts images that were looked at.
 *
 * @throws DataError when there are too few to learn from
 */
export function cutFound(catalog: Catalog, found: Inspection): CutFound {
  const broken = new Set(found.bad.map(({ name }) => name));
  const good = [...catalog.images].filter(({ name }) => !broken.has(name));
  const images = cutToLearn(good, catalog.root);
  const perLabel = new Map<string, number>();
  for (const { label } of images.train) perLabel.set(label, (perLabel.get(label) ?? 0) + 1);
  return { ...images, shots: Math.min(defaultSettings.shots, ...perLabel.values()) };
}

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
