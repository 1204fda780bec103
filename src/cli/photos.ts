import { UsageError } from '../core/errors.js';
import type { Label } from '../core/image.js';
import { compareNames } from '../core/names.js';
import { fastestDecoder } from '../data/decode/decoder.js';
import type { Pixels } from '../data/decode/pixels.js';
import type { LabeledSource } from '../data/episodes.js';
import { resample } from '../data/resample.js';
import type { FeatureExtractor } from '../models/extractor.js';
import { givesFeatures } from '../node/givesFeatures.js';
import type { Catalog } from '../node/images/catalog.js';
import { type EmbeddedImages, type EmbeddingWork, embedCatalog } from '../node/images/embedCatalog.js';
import { arePhotographs } from '../node/images/encoderFits.js';
import { openCatalog } from '../node/images/openCatalog.js';
import type { OwnDataOptions } from '../node/images/ownData.js';
import { ownDataOf } from './options/common.js';
import { isDatasetName } from './produce/dataset.js';
import { count } from './report/figures.js';
import { progressBar, type Terminal } from './terminal.js';

/** The shipped model of features, for photos of one's own. */
export const PHOTOS = 'photos';

/** Flags that name images and a model, where there is one. */
interface DataFlags extends OwnDataOptions {
  readonly data: string;
  readonly model?: string;
  readonly levels?: number;
}

/**
 * The model, if it gives features: the one that is named, or for photographs of one's own the shipped one. Undefined for drawings, and for
 * a data set by name.
 */
export async function modelOfFeatures(flags: DataFlags): Promise<string | undefined> {
  const { data, model, levels = 1 } = flags;
  if (model !== undefined) return (await givesFeatures(model)) ? model : undefined;
  if (isDatasetName(data)) return undefined;
  return (await arePhotographs(await openCatalog(data, { ...ownDataOf(flags), levels })))
    ? PHOTOS
    : undefined;
}

/**
 * Throws a `UsageError` for a model that gives features where images are to be drawn.
 *
 * @param hint what can be done instead
 */
export async function assertDraws(model: string | undefined, hint: string): Promise<void> {
  if (model === undefined || !(await givesFeatures(model))) return;
  throw new UsageError(`the model ${model} gives features of photos: it draws no images`, {
    hint,
    option: 'model',
  });
}

/** Throws a `UsageError` for `detail`, which a model of features has no drawings to lay over. */
export function assertNoDetail({
  model,
  detail,
}: {
  readonly model: string;
  readonly detail?: number | undefined;
}): void {
  if (detail === undefined) return;
  throw new UsageError(`the model ${model} gives features of photos, and draws no image to lay detail over`, {
    hint: 'Leave it out.',
    option: 'detail',
  });
}

/** Throws a `UsageError` for a data set by name, which holds no photos. */
export function assertPhotos(data: string, model: string): void {
  if (!isDatasetName(data)) return;
  throw new UsageError(`${data} has small images, but ${model} gives features of photos`, {
    hint: 'Name images of your own.',
    option: 'data',
  });
}

/** Photos of one's own with their codes. Labels are indices into the classes, which are in the order of their names. */
export interface Photos extends LabeledSource {
  readonly catalog: Catalog;
  readonly embedded: EmbeddedImages;
  readonly reading: OwnDataOptions;
}

/**
 * Opens photos, and takes their codes from the cache or the extractor. Notes how long it took.
 *
 * @throws UsageError for a data set by name
 */
export async function photosFor(
  extractor: FeatureExtractor,
  flags: DataFlags,
  { terminal, signal }: { readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<Photos> {
  assertPhotos(flags.data, extractor.name);
  const reading = ownDataOf(flags);
  const catalog = await openCatalog(flags.data, reading);
  const bar = progressBar(terminal, 'Reading');
  const { fit, background, skipBad } = reading;
  try {
    const embedded = await embedCatalog(catalog, extractor, {
      ...(fit === undefined ? {} : { fit }),
      ...(background === undefined ? {} : { background }),
      ...(skipBad === undefined ? {} : { skipBad }),
      ...{ signal, onProgress: bar.update },
    });
    bar.stop();
    const { images, work } = embedded;
    terminal.note(workLine(work));
    const classes: readonly Label[] = [...new Set(images.map(({ label }) => label))].sort(compareNames);
    const labels = Int32Array.from(images, ({ label }) => classes.indexOf(label));
    return { catalog, embedded, reading, classes, labels };
  } finally {
    bar.stop();
  }
}

/** Decodes one image of a catalog after another, each once, and gives what is made of it by its name. Those that cannot be read lack. */
export async function picturesOf<Made>(
  { catalog, reading }: Pick<Photos, 'catalog' | 'reading'>,
  names: Iterable<string>,
  make: (picture: Pixels) => Made,
): Promise<Map<string, Made>> {
  const decoder = await fastestDecoder();
  const { background } = reading;
  const made = new Map<string, Made>();
  for (const name of new Set(names)) {
    try {
      const stored = await catalog.read(name);
      made.set(name, make(await stored.decode(decoder, background === undefined ? {} : { background })));
    } catch {
      // Whoever embedded the images told what is wrong with one.
    }
  }
  return made;
}

/** A picture brought to at most so many pixels on its longer side, whole. */
export function shrunk(picture: Pixels, most: number): Pixels {
  const [height, width] = picture.shape;
  const scale = most / Math.max(height, width);
  if (scale >= 1) return picture;
  const [tall, wide] = [height, width].map((side) => Math.max(1, Math.round(side * scale)));
  return resample(picture, { top: 0, left: 0, height, width }, tall!, wide!);
}

/** `192 photos in 6.1 s (31 a second), 0 from the cache.` */
export function workLine({ images, cached, seconds }: EmbeddingWork): string {
  const rate = images / Math.max(seconds, 1e-3);
  const speed = rate < 10 ? rate.toFixed(1) : count(Math.round(rate));
  return `${count(images)} ${images === 1 ? 'photo' : 'photos'} in ${seconds.toFixed(1)} s (${speed} a second), ${count(cached)} from the cache.`;
}
