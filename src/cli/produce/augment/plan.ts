import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { classBank } from '../../../augment/codeBank.js';
import { baseOf, latentPath } from '../../../augment/paths.js';
import { DataError, UsageError } from '../../../core/errors.js';
import { formatShape, type ImageShape, type Label } from '../../../core/image.js';
import { version } from '../../../core/version.js';
import { javascriptDecoder } from '../../../data/decode/decoder.js';
import type { Pixels } from '../../../data/decode/pixels.js';
import { encodePng } from '../../../data/decode/png.js';
import { sampleEpisode } from '../../../data/episodes.js';
import { type Fit, fitTo } from '../../../data/resize.js';
import { type EvaluationData, isEvaluationData, loadEvaluationData } from '../../../evaluate/data.js';
import type { Model } from '../../../models/model.js';
import { type CatalogImages, withSkipHint } from '../../../node/images/catalog.js';
import type { BadImage } from '../../../node/images/loadImages.js';
import { openByName, openCatalog } from '../../../node/images/openCatalog.js';
import { type AugmentSettings, BANK_SIZE, commandOf } from './augmentFolder.js';
import { MANIFEST_SCHEMA, type ManifestPlan, type ParentImage } from './manifest.js';

/** A real image as it lies in its data. */
export interface ParentPixels extends Pixels {
  /** Of what `sha256` in a manifest says. */
  readonly sha256: string;
  /** A PNG file of it: the folder's own, byte for byte, where it is one and has the shape. */
  readonly png: Uint8Array;
}

/** Reads real images by the names that a manifest gives them. */
export interface ParentReader {
  /**
   * @param sha256 what it must be; it is not looked at otherwise
   * @throws DataError naming the file or image when it is missing, broken or another one
   */
  read(name: string, sha256?: string): Promise<ParentPixels>;
}

/** SHA-256 in hexadecimal. */
export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The shape that images are needed in. */
export interface Wanted {
  readonly shape: ImageShape;
  /** How they come into it; without, they are left as they are. */
  readonly fit?: Fit | undefined;
}

/** Opens the data that a manifest's plan is about. */
export async function openParents(data: ManifestPlan['data'], wanted: Wanted): Promise<ParentReader> {
  return data.kind === 'folder' ? ownParents(data.root, wanted) : setParents(data.kind);
}

/** JPEGs are unpacked in JavaScript, whatever is installed: files must come out the same everywhere. */
async function ownParents(root: string, { shape, fit }: Wanted): Promise<ParentReader> {
  const images = await openByName(root);
  return {
    async read(name, expected) {
      const stored = await images.read(name);
      const sha256 = digestOf(stored.bytes);
      assertSame(join(root, name), sha256, expected);
      const found = await stored.decode(javascriptDecoder);
      const image = fit === undefined ? found : fitTo(found, shape, fit);
      const own = image === found && stored.header().format === 'png';
      return { ...image, sha256, png: own ? stored.bytes : encodePng(image.pixels, image.shape) };
    },
  };
}

/** Name of an image of a data set's train set. */
export const imageName = (place: number): string => `train/${place}`;

async function setParents(data: EvaluationData): Promise<ParentReader> {
  const { train } = await loadEvaluationData(data);
  return {
    async read(name, expected) {
      const place = Number(/^train\/(0|[1-9]\d*)$/.exec(name)?.[1]);
      if (!(place < train.labels.length)) throw new DataError(`there is no image ${name} in ${data}`);
      const { pixels, shape } = train.images([place]);
      const sha256 = digestOf(Uint8Array.from(pixels, (value) => Math.round(255 * value)));
      assertSame(`the image ${name} of ${data}`, sha256, expected);
      return { pixels, shape, sha256, png: encodePng(pixels, shape) };
    },
  };
}

function assertSame(what: string, found: string, expected: string | undefined): void {
  if (expected === undefined || found === expected) return;
  const short = (sha256: string) => `${sha256.slice(0, 12)}…`;
  throw new DataError(`${what} was changed: its SHA-256 is ${short(found)} instead of ${short(expected)}`, {
    hint: 'Put the file back as it was.',
  });
}

/** A real image. They are listed by a walk over all of them, since there may be more than should be held. */
interface RealImage {
  readonly label: Label;
  readonly name: string;
}

/** How many real images a class has. */
type ClassCount = ManifestPlan['classes'][number];

export interface PlanOptions {
  readonly onRead?: (done: number, total: number) => void;
  /** Told which images were passed over, where there are some. */
  readonly onBad?: (bad: readonly BadImage[]) => void;
  readonly signal?: AbortSignal;
}

const unseen = new Float32Array(0);

/**
 * The numbers of the images that are remembered of a class with `count` images, in the order of their places: what
 * `hallucinate` would hold of them at the end. So that of a large class only these need to be read.
 */
export function remembered(label: Label, count: number, size: number, seed: number): readonly number[] {
  const bank = classBank(label, size, seed);
  for (let i = 0; i < count; i++) bank.add(unseen);
  return bank.samples.map(({ number }) => number);
}

/**
 * Looks at the data and says all that is to be made. Every image that may be a parent is read and checked, so that
 * nothing is written when one is broken.
 *
 * @throws UsageError when no class has enough images; DataError naming an image that is broken or not of the model's
 *   shape
 */
export async function planAugmentation(
  settings: AugmentSettings,
  model: Model,
  { onRead, onBad, signal }: PlanOptions = {},
): Promise<ManifestPlan> {
  const { perClass, path, seed, labelCheck, detail = 0, includeOriginals, backend } = settings;
  const data: ManifestPlan['data'] = isEvaluationData(settings.data)
    ? { kind: settings.data, split: 'train', shots: settings.shots }
    : { kind: 'folder', root: settings.data };
  const fit = settings.fit ?? model.card.data.fit;
  baseOf(latentPath(path), model);
  const reader = await openParents(data, { shape: model.imageShape, fit });
  const { classes, images, bad } = await readParents(await realImages(settings), {
    ...{ settings, model, reader, onRead, signal },
  });
  if (bad.length > 0) onBad?.(bad);
  const fitted = fit === undefined || data.kind !== 'folder' ? {} : { fit };
  return {
    schema: MANIFEST_SCHEMA,
    command: commandOf({ ...settings, ...fitted }),
    version,
    model: { name: model.card.name, source: settings.model, sha256: model.digest },
    settings: {
      ...{ perClass, path, seed, bankSize: BANK_SIZE, labelCheck, includeOriginals, backend },
      ...(detail === 0 ? {} : { detail }),
      ...fitted,
    },
    data,
    ...{ classes, images },
  };
}

interface Reading {
  readonly onRead: PlanOptions['onRead'];
  readonly signal: AbortSignal | undefined;
  readonly settings: AugmentSettings;
  readonly model: Model;
  readonly reader: ParentReader;
}

/**
 * Reads every image that may be a parent. Where some are to be passed over, others are chosen in their place as if they
 * had never been there, until all that are chosen can be read.
 */
async function readParents(all: Iterable<RealImage>, { settings, model, reader, onRead, signal }: Reading) {
  const read = new Map<string, Pick<ParentPixels, 'sha256'>>();
  const bad = new Map<string, string>();
  for (;;) {
    const classes = countClasses(all, bad);
    assertEnough(classes, settings);
    const wanted = wantedOf(all, bad, classes, settings);
    const known = bad.size;
    for (const [done, { name }] of wanted.entries()) {
      signal?.throwIfAborted();
      if (!read.has(name)) {
        try {
          const { sha256, shape } = await reader.read(name);
          if (formatShape(shape) !== formatShape(model.imageShape))
            throw misfit(name, shape, settings, model);
          read.set(name, { sha256 });
        } catch (error) {
          if (!(settings.skipBad && error instanceof DataError)) {
            throw isEvaluationData(settings.data) ? error : withSkipHint(error);
          }
          bad.set(name, error.message);
        }
      }
      onRead?.(done + 1, wanted.length);
    }
    if (bad.size > known) continue;
    const images = wanted.map((image): ParentImage => ({ ...image, ...read.get(image.name)! }));
    return { classes, images, bad: [...bad].map(([name, reason]) => ({ name, reason })) };
  }
}

/** The classes in the order in which they come, without the images that are passed over. */
function countClasses(all: Iterable<RealImage>, bad: ReadonlyMap<string, string>): ClassCount[] {
  const counts = new Map<Label, number>();
  for (const { label, name } of all) if (!bad.has(name)) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([label, images]) => ({ label, images }));
}

/** The images that may be parents, or are copied, class by class. */
function wantedOf(
  all: Iterable<RealImage>,
  bad: ReadonlyMap<string, string>,
  classes: readonly ClassCount[],
  { includeOriginals, seed }: AugmentSettings,
) {
  const shelves = new Map(
    classes.map(({ label, images }) => {
      const numbers = includeOriginals ? undefined : new Set(remembered(label, images, BANK_SIZE, seed));
      return [label, { numbers, next: 0, wanted: [] as Omit<ParentImage, 'sha256'>[] }];
    }),
  );
  for (const { label, name } of all) {
    if (bad.has(name)) continue;
    const shelf = shelves.get(label)!;
    const number = shelf.next++;
    if (shelf.numbers?.has(number) ?? true) shelf.wanted.push({ name, label, number });
  }
  return [...shelves.values()].flatMap(({ wanted }) => wanted);
}

/** Of one's own images those to learn from; of a data set the support set that `fewshot eval` and `fewshot preview` draw for the same shots and seed. */
async function realImages({ data, shots, seed }: AugmentSettings): Promise<Iterable<RealImage>> {
  if (!isEvaluationData(data)) {
    const { images } = await openCatalog(data);
    return { [Symbol.iterator]: () => toLearnFrom(images) };
  }
  const { train } = await loadEvaluationData(data);
  const { support, supportIndices, classes } = sampleEpisode(
    { support: train, query: train },
    { shots, queries: 1, seed, episode: 0 },
  );
  return classes.flatMap((label, own) =>
    [...supportIndices]
      .filter((_, i) => support.labels[i] === own)
      .map((place) => ({ label, name: imageName(place) })),
  );
}

function* toLearnFrom(images: CatalogImages): Generator<RealImage, void, undefined> {
  for (const image of images) if (image.split === undefined || image.split === 'train') yield image;
}

function assertEnough(classes: readonly ClassCount[], { data, path }: AugmentSettings): void {
  const needed = latentPath(path).samplesNeeded;
  if (classes.some(({ images }) => images >= needed)) return;
  throw new UsageError(`nothing can be made: no class has ${needed} images, as ${path} needs`, {
    hint: isEvaluationData(data)
      ? `Use --shots ${needed} or more.`
      : `Give each class at least ${needed} images.`,
  });
}

function misfit(name: string, shape: Model['imageShape'], { data, model }: AugmentSettings, fit: Model) {
  const [height, width, channels] = fit.imageShape;
  const colours = channels === 1 ? 'gray' : 'RGB';
  return new UsageError(
    `${name} in ${data} is ${formatShape(shape)}, but the model ${model} takes ${formatShape(fit.imageShape)}`,
    {
      hint: `Have them made ${width} pixels wide, ${height} high and ${colours} with --fit letterbox or --fit crop, or choose a model for ${formatShape(shape)}.`,
    },
  );
}
