import { classBank } from '../../augment/codeBank.js';
import { baseOf, latentPath } from '../../augment/index.js';
import { formatShape, type Label, UsageError } from '../../core/index.js';
import { folderClasses } from '../../data/imageFolder.js';
import { sampleEpisode } from '../../data/index.js';
import { isEvaluationData, loadEvaluationData } from '../../evaluate/data.js';
import type { Model } from '../../models/index.js';
import { version } from '../../version.js';
import { MANIFEST_SCHEMA, type ManifestPlan, type ParentImage } from './manifest.js';
import { imageName, openParents } from './parents.js';
import { type AugmentSettings, BANK_SIZE, commandOf } from './settings.js';

/** The names of a class's real images, in order of arrival. */
interface ClassNames {
  readonly label: Label;
  readonly names: readonly string[];
}

export interface PlanOptions {
  readonly onRead?: (done: number, total: number) => void;
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
  { onRead, signal }: PlanOptions = {},
): Promise<ManifestPlan> {
  const { perClass, path, seed, labelCheck, includeOriginals, backend } = settings;
  const data: ManifestPlan['data'] = isEvaluationData(settings.data)
    ? { kind: settings.data, split: 'train', shots: settings.shots }
    : { kind: 'folder', root: settings.data };
  const classes = await listClasses(settings);
  assertEnough(classes, settings);
  const wanted = classes.flatMap(({ label, names }) => {
    const numbers = includeOriginals
      ? [...names.keys()]
      : [...remembered(label, names.length, BANK_SIZE, seed)].sort((a, b) => a - b);
    return numbers.map((number) => ({ name: names[number]!, label, number }));
  });
  baseOf(latentPath(path), model);
  const reader = await openParents(data);
  const images: ParentImage[] = [];
  for (const image of wanted) {
    signal?.throwIfAborted();
    const { sha256, shape } = await reader.read(image.name);
    if (formatShape(shape) !== formatShape(model.imageShape))
      throw misfit(image.name, shape, settings, model);
    images.push({ ...image, sha256 });
    onRead?.(images.length, wanted.length);
  }
  return {
    schema: MANIFEST_SCHEMA,
    command: commandOf(settings),
    version,
    model: { name: model.card.name, source: settings.model, sha256: model.digest },
    settings: { perClass, path, seed, bankSize: BANK_SIZE, labelCheck, includeOriginals, backend },
    data,
    classes: classes.map(({ label, names }) => ({ label, images: names.length })),
    images,
  };
}

/** Of a data set the support set that `fewshot eval` and `fewshot preview` draw for the same shots and seed. */
async function listClasses({ data, shots, seed }: AugmentSettings): Promise<ClassNames[]> {
  if (!isEvaluationData(data)) {
    const classes: ClassNames[] = [];
    for await (const { label, paths } of folderClasses(data)) classes.push({ label, names: paths });
    return classes;
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
      hint: `Make the images ${width} pixels wide, ${height} high and ${colours}, or choose a model for ${formatShape(shape)}.`,
    },
  );
}
