import type { Catalog } from '../data/index.js';
import { type CutImages, cutToLearn } from '../data/own/cut.js';
import type { Inspection } from '../data/own/inspectCatalog.js';
import { defaultSettings } from '../evaluate/index.js';

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
