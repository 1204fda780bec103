import { classBank } from '../../augment/codeBank.js';
import { baseOf, latentPath } from '../../augment/index.js';
import { DataError, formatShape, type Label, UsageError } from '../../core/index.js';
import { type BadImage, openCatalog, sampleEpisode } from '../../data/index.js';
import { withSkipHint } from '../../data/own/skipHint.js';
import { isEvaluationData, loadEvaluationData } from '../../evaluate/data.js';
import type { Model } from '../../models/index.js';
import { version } from '../../version.js';
import { MANIFEST_SCHEMA, type ManifestPlan, type ParentImage } from './manifest.js';
import { imageName, openParents, type ParentPixels, type ParentReader } from './parents.js';
import { type AugmentSettings, BANK_SIZE, commandOf } from './settings.js';

/** The names of a class's real images, in order of arrival. */
interface ClassNames {
  readonly label: Label;
  readonly names: readonly string[];
}

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
  const { perClass, path, seed, labelCheck, includeOriginals, backend } = settings;
  const data: ManifestPlan['data'] = isEvaluationData(settings.data)
    ? { kind: settings.data, split: 'train', shots: settings.shots }
    : { kind: 'folder', root: settings.data };
  const fit = settings.fit ?? model.card.data.fit;
  baseOf(latentPath(path), model);
  const reader = await openParents(data, { shape: model.imageShape, fit });
  const { classes, images, bad } = await readParents(await listClasses(settings), {
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
      ...fitted,
    },
    data,
    classes: classes.map(({ label, names }) => ({ label, images: names.length })),
    images,
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
async function readParents(all: readonly ClassNames[], { settings, model, reader, onRead, signal }: Reading) {
  const read = new Map<string, Pick<ParentPixels, 'sha256'>>();
  const bad = new Map<string, string>();
  for (;;) {
    const classes = all
      .map(({ label, names }) => ({ label, names: names.filter((name) => !bad.has(name)) }))
      .filter(({ names }) => names.length > 0);
    assertEnough(classes, settings);
    const wanted = wantedOf(classes, settings);
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

/** The images that may be parents, or are copied. */
function wantedOf(classes: readonly ClassNames[], { includeOriginals, seed }: AugmentSettings) {
  return classes.flatMap(({ label, names }) => {
    const numbers = includeOriginals
      ? [...names.keys()]
      : [...remembered(label, names.length, BANK_SIZE, seed)].sort((a, b) => a - b);
    return numbers.map((number) => ({ name: names[number]!, label, number }));
  });
}

/** Of one's own images those to learn from; of a data set the support set that `fewshot eval` and `fewshot preview` draw for the same shots and seed. */
async function listClasses({ data, shots, seed }: AugmentSettings): Promise<ClassNames[]> {
  if (!isEvaluationData(data)) {
    const classes = new Map<string, string[]>();
    for (const { label, name, split } of (await openCatalog(data)).images) {
      if (split !== undefined && split !== 'train') continue;
      const names = classes.get(label);
      if (names === undefined) classes.set(label, [name]);
      else names.push(name);
    }
    return [...classes].map(([label, names]) => ({ label, names }));
  }
  const { train } = await loadEvaluationData(data);
  const { support, supportIndices, classes } = sampleEpisode(
    { support: train, query: train },
    { shots, queries: 1, seed, episode: 0 },
  );
  return classes.map((label, own) => ({
    label,
    names: [...supportIndices].filter((_, i) => support.labels[i] === own).map(imageName),
  }));
}

function assertEnough(classes: readonly ClassNames[], { data, path }: AugmentSettings): void {
  const needed = latentPath(path).samplesNeeded;
  if (classes.some(({ names }) => names.length >= needed)) return;
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
