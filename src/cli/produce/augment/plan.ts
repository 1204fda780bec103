import { classBank } from '../../../augment/codeBank.js';
import { baseOf, latentPath, type PathName } from '../../../augment/paths.js';
import { DataError, UsageError } from '../../../core/errors.js';
import { formatShape, type Label } from '../../../core/image.js';
import { version } from '../../../core/version.js';
import { UnsupportedFormatError } from '../../../data/decode/formats.js';
import { sampleEpisode } from '../../../data/episodes.js';
import { isInkFit } from '../../../data/resize.js';
import { isEvaluationData } from '../../../evaluate/data.js';
import type { Model } from '../../../models/model.js';
import { loadBuiltInSet } from '../../../node/builtInSets.js';
import { type CatalogImages, withSkipHint } from '../../../node/images/catalog.js';
import { assertFits, trainingOn } from '../../../node/images/encoderFits.js';
import { type BadImage, type Findings, noFindings, type PassedOver } from '../../../node/images/findings.js';
import { openCatalog } from '../../../node/images/openCatalog.js';
import { type OwnDataOptions, readLike } from '../../../node/images/ownData.js';
import { arithmeticInUse, type BackendName } from '../../../node/selectBackend.js';
import { augmentTable } from '../../options/augmentOptions.js';
import { commandText } from '../../options/option.js';
import { dueOf, MANIFEST_SCHEMA, type ManifestPlan, type ParentImage } from './manifest.js';
import { imageName, openParents, type ParentPixels, type ParentReader } from './parents.js';

/** Everything that the files of an augmented folder depend on. */
export interface AugmentSettings extends OwnDataOptions {
  /** `mnist`, `fashion-mnist`, or the path of the user's images. */
  readonly data: string;
  /** Images per class drawn from a data set. Of a folder, all are used. */
  readonly shots: number;
  /** Shipped name, path or URL of the model. */
  readonly model: string;
  /** Images to make for each class. Give this or `until`. */
  readonly perClass?: number;
  /** Fill each class up to so many images, real ones counted. A class that has as many gets none. */
  readonly until?: number;
  readonly path: PathName;
  readonly seed: number;
  /** Keep only images whose codes are nearest to the prototype of their own class. */
  readonly labelCheck: boolean;
  /** Share of a parent's residual that is added to each image, in [0, 1]. Default: 0. */
  readonly detail?: number;
  /** Write normalized drawings as the model sees them. Default: in polarity, colors, size and place as their parents are. */
  readonly asSeen?: boolean;
  /** Copy the real images into the folder. */
  readonly includeOriginals: boolean;
  readonly backend: BackendName;
}

/** Largest number of parents of a class; of more images, a seeded choice. */
export const BANK_SIZE = 512;

/** The command that makes the same files, but for where they go. */
export function augmentCommand(settings: AugmentSettings): string {
  const { shots, detail } = settings;
  return commandText(augmentTable, {
    ...settings,
    // Of a folder, all images are used.
    shots: isEvaluationData(settings.data) ? shots : undefined,
    detail: detail === 0 ? undefined : detail,
  });
}

/** A real image. Images are iterated rather than held in a list, as there may be many. */
interface RealImage {
  readonly label: Label;
  readonly name: string;
}

/** Number of real images of a class. */
type ClassCount = ManifestPlan['classes'][number];

export interface PlanOptions {
  readonly onRead?: (done: number, total: number) => void;
  /** Called with what was found in the user's images. */
  readonly onFindings?: (findings: Findings) => void;
  readonly signal?: AbortSignal;
}

const unseen = new Float32Array(0);

/**
 * Numbers of the images of a class with `count` images that are in its bank at the end, in the order of the bank. Only these need to be read.
 */
export function bankNumbers(label: Label, count: number, size: number, seed: number): readonly number[] {
  const bank = classBank(label, size, seed);
  for (let i = 0; i < count; i++) bank.add(unseen);
  return bank.samples.map(({ number }) => number);
}

/**
 * Plans all files. Every image that may be a parent is read and checked, so that nothing is written if one is broken.
 *
 * @throws UsageError if no class has enough images; DataError naming an image that is broken or not of the model's shape
 */
export async function planAugmentation(
  settings: AugmentSettings,
  model: Model,
  { onRead, onFindings, signal }: PlanOptions = {},
): Promise<ManifestPlan> {
  const { path, seed, labelCheck, detail = 0, includeOriginals, backend } = settings;
  const { arithmetic } = await arithmeticInUse();
  const amount = amountOf(settings);
  const data: ManifestPlan['data'] = isEvaluationData(settings.data)
    ? { kind: settings.data, split: 'train', shots: settings.shots }
    : { kind: 'folder', root: settings.data };
  const reading = readLike(model.card, settings);
  const { fit, background, layout } = reading;
  baseOf(latentPath(path), model);
  const asSeen = settings.asSeen === true && isInkFit(fit);
  const reader = await openParents(data, { shape: model.imageShape, fit, asSeen, background, layout });
  const { real, passedOver, notes } = await realImages(settings, model, reading);
  const { classes, images, bad, unsupported } = await readParents(real, {
    ...{ settings, model, reader, onRead, signal },
  });
  onFindings?.({ ...noFindings, passedOver: [...passedOver, ...unsupported], notes, bad });
  const fitted =
    data.kind !== 'folder'
      ? {}
      : {
          ...(fit === undefined ? {} : { fit }),
          ...(asSeen ? { asSeen } : {}),
          ...(background === undefined || background === 'black' ? {} : { background }),
          ...(layout === undefined ? {} : { layout }),
        };
  return {
    schema: MANIFEST_SCHEMA,
    command: augmentCommand({ ...settings, ...fitted }),
    version,
    model: { name: model.card.name, source: settings.model, sha256: model.digest },
    settings: {
      ...amount,
      ...{ path, seed, bankSize: BANK_SIZE, labelCheck, includeOriginals, backend },
      ...(arithmetic === 'fma' ? { arithmetic } : {}),
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
 * Reads every image that may be a parent. If some are skipped, others are chosen as if those did not exist, until all that are chosen
 * can be read. Images in formats that cannot be read here are always skipped.
 */
async function readParents(all: Iterable<RealImage>, { settings, model, reader, onRead, signal }: Reading) {
  const read = new Map<string, Pick<ParentPixels, 'sha256'>>();
  const bad = new Map<string, DataError>();
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
          const skips = error instanceof UnsupportedFormatError || settings.skipBad === true;
          if (!(skips && error instanceof DataError)) {
            throw isEvaluationData(settings.data) ? error : withSkipHint(error);
          }
          bad.set(name, error);
        }
      }
      onRead?.(done + 1, wanted.length);
    }
    if (bad.size > known) continue;
    const images = wanted.map((image): ParentImage => ({ ...image, ...read.get(image.name)! }));
    return { classes, images, ...skippedBy(bad) };
  }
}

/** Skipped images with their reasons: those in formats that cannot be read here, and those that are damaged. */
function skippedBy(errors: ReadonlyMap<string, DataError>) {
  const [bad, unsupported]: [BadImage[], PassedOver[]] = [[], []];
  for (const [name, error] of errors) {
    if (error instanceof UnsupportedFormatError) unsupported.push({ name, reason: error.reason });
    else bad.push({ name, reason: error.message });
  }
  return { bad, unsupported };
}

/** Classes in the order of their first image, without skipped images. */
function countClasses(all: Iterable<RealImage>, bad: ReadonlyMap<string, unknown>): ClassCount[] {
  const counts = new Map<Label, number>();
  for (const { label, name } of all) if (!bad.has(name)) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([label, images]) => ({ label, images }));
}

/** Images that may be parents or are copied, class by class. */
function wantedOf(
  all: Iterable<RealImage>,
  bad: ReadonlyMap<string, unknown>,
  classes: readonly ClassCount[],
  { includeOriginals, seed }: AugmentSettings,
) {
  const byClass = new Map(
    classes.map(({ label, images }) => {
      const numbers = includeOriginals ? undefined : new Set(bankNumbers(label, images, BANK_SIZE, seed));
      return [label, { numbers, next: 0, wanted: [] as Omit<ParentImage, 'sha256'>[] }];
    }),
  );
  for (const { label, name } of all) {
    if (bad.has(name)) continue;
    const own = byClass.get(label)!;
    const number = own.next++;
    if (own.numbers?.has(number) ?? true) own.wanted.push({ name, label, number });
  }
  return [...byClass.values()].flatMap(({ wanted }) => wanted);
}

/** Train images of the user; of a data set, the support set that `fewshot eval` and `fewshot preview` draw for the same shots and seed. */
async function realImages(
  { data, shots, seed, model }: AugmentSettings,
  fitting: Model,
  reading: OwnDataOptions,
): Promise<{ readonly real: Iterable<RealImage> } & Pick<Findings, 'passedOver' | 'notes'>> {
  if (!isEvaluationData(data)) {
    const catalog = await openCatalog(data, reading);
    await assertFits(fitting, model, catalog);
    const { images, passedOver, notes = [] } = catalog;
    return { real: { [Symbol.iterator]: () => toLearnFrom(images) }, passedOver, notes };
  }
  const { train } = await loadBuiltInSet(data);
  const { support, supportIndices, classes } = sampleEpisode(
    { support: train, query: train },
    { shots, queries: 1, seed, episode: 0 },
  );
  const real = classes.flatMap((label, own) =>
    [...supportIndices]
      .filter((_, i) => support.labels[i] === own)
      .map((index) => ({ label, name: imageName(index) })),
  );
  return { real, passedOver: [], notes: [] };
}

function* toLearnFrom(images: CatalogImages): Generator<RealImage, void, undefined> {
  for (const image of images) if (image.split === undefined || image.split === 'train') yield image;
}

/** The number of images to make. Throws a `UsageError` unless it is given in one way. */
function amountOf({ perClass, until }: AugmentSettings): Pick<AugmentSettings, 'perClass' | 'until'> {
  if (until === undefined && perClass !== undefined) return { perClass };
  if (until !== undefined && perClass === undefined) return { until };
  throw new UsageError(
    `${until === undefined ? 'neither perClass nor' : 'both perClass and'} until are given`,
    {
      hint: 'Give perClass to make as many of each class, or until to fill each class up to as many.',
      option: ['perClass', 'until'],
    },
  );
}

/** Throws a `UsageError` if there is nothing to make. */
function assertEnough(classes: readonly ClassCount[], settings: AugmentSettings): void {
  const { data, path, until = Number.POSITIVE_INFINITY, includeOriginals } = settings;
  if (classes.some(({ images }) => dueOf(settings, images) > 0)) return;
  const open = classes.filter(({ images }) => images < until);
  if (classes.length > 0 && open.length === 0) {
    // A folder of classes that are full already is copied as it is.
    if (includeOriginals) return;
    throw new UsageError(`nothing is to be made: every class has ${until} images or more`, {
      hint: 'Ask for more images.',
      option: 'until',
    });
  }
  const needed = latentPath(path).samplesNeeded;
  const which = open.length < classes.length ? `no class with fewer than ${until}` : 'no class';
  throw new UsageError(`nothing can be made: ${which} has ${needed} images, as ${path} needs`, {
    hint: isEvaluationData(data)
      ? `Use --shots ${needed} or more.`
      : `Give each class at least ${needed} images.`,
  });
}

function misfit(name: string, shape: Model['imageShape'], { data, model }: AugmentSettings, fit: Model) {
  const [height, width, channels] = fit.imageShape;
  const colors = channels === 1 ? 'gray' : 'RGB';
  return new UsageError(
    `${name} in ${data} is ${formatShape(shape)}, but the model ${model} takes ${formatShape(fit.imageShape)}`,
    {
      hint: `If they show what the model knows (${fit.card.data.name}), have them made ${width} pixels wide, ${height} high and ${colors} with --fit letterbox or --fit crop. Otherwise train one: ${trainingOn(data)}.`,
    },
  );
}
