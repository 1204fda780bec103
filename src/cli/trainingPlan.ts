import { UsageError } from '../core/errors.js';
import type { Label } from '../core/image.js';
import type { Fit } from '../data/resize.js';
import { type Architecture, mnistArchitecture } from '../models/architecture.js';
import type { Model } from '../models/model.js';
import { areColorful } from '../node/images/encoderFits.js';
import { loadOwnImages, nameOfData, type OwnImages } from '../node/images/loadImages.js';
import { openCatalog } from '../node/images/openCatalog.js';
import { type OwnDataOptions, readLike } from '../node/images/ownData.js';
import { survey } from '../node/images/survey.js';
import { loadModel } from '../node/loadModel.js';
import { assertThere, chanceLines, findingLines } from './images.js';
import { ownDataNames, ownDataOf } from './options/common.js';
import { type FlagsOf, flagOf } from './options/option.js';
import { trainTable } from './options/trainOptions.js';
import {
  architectureOf,
  type ChosenTraining,
  chooseShape,
  chooseTraining,
} from './produce/chosenDefaults.js';
import { type DatasetName, datasetDefaults, isDatasetName } from './produce/dataset.js';
import { count } from './report/figures.js';
import { progressBar, type Terminal } from './terminal.js';

type DataFlags = FlagsOf<typeof trainTable>;

/** Data and nets of a training, with everything decided. */
export interface TrainPlan {
  /** Name of the data in cards. */
  readonly name: string;
  readonly architecture: Architecture;
  readonly course: Omit<ChosenTraining, 'filters' | 'latent'>;
  readonly classes?: readonly Label[];
  /** One's own images, and how they were read. */
  readonly own?: OwnImages & {
    readonly reading: OwnDataOptions & { readonly fit: Fit };
    /** True if images in color are made gray. */
    readonly madeGray: boolean;
  };
  /** The model to begin with. */
  readonly from?: Model;
}

/** Defaults for a data set by name. */
const NAMED = { batchSize: 128, epochs: 6, learningRate: 0.001, shift: 1, warp: false };

/** Decides what the flags leave open: by fixed defaults for a data set by name, by a survey for one's own images. */
export async function planTraining(
  flags: DataFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<TrainPlan> {
  const from = flags.from === undefined ? undefined : await loadModel(flags.from);
  try {
    if (from !== undefined) assertNoNets(flags);
    const plan = isDatasetName(flags.data)
      ? namedPlan(flags.data, flags, from)
      : await ownPlan(flags, from, terminal, signal);
    return from === undefined ? plan : { ...plan, from };
  } catch (error) {
    from?.dispose();
    throw error;
  }
}

function namedPlan(data: DatasetName, flags: DataFlags, from?: Model): TrainPlan {
  const unfit = (['size', 'channels', ...ownDataNames] as const).find(
    (name) => flags[name] !== undefined && flags[name] !== false,
  );
  if (unfit !== undefined) {
    throw new UsageError(`${flagOf(unfit)} goes with images of your own`, {
      hint: `Leave it out, or name a folder: ${data} has its own size.`,
    });
  }
  const { architecture } = datasetDefaults(data);
  if (data === 'characters') return characterPlan(flags, architecture, from);
  if (from !== undefined && from.imageShape.join() !== architecture.imageShape.join()) {
    throw new UsageError(
      `the model ${flags.from} takes images of ${from.imageShape.join('×')}, but ${data} has ${architecture.imageShape.join('×')}`,
      { hint: 'Begin with a model for images of that size.' },
    );
  }
  return {
    name: data,
    architecture: from?.architecture ?? {
      ...architecture,
      latentSize: flags.latent ?? mnistArchitecture.latentSize,
      ...netsOf(flags),
    },
    course: courseOf(flags, NAMED),
    ...(flags.classes === undefined ? {} : { classes: classesNamed(flags.classes, data) }),
  };
}

/** Flags that have no place where characters are drawn anew in every batch, and codes lie on grids. */
const NOT_DRAWN = ['latent', 'shift', 'warp', 'classes', 'limit'] as const;

function characterPlan(flags: DataFlags, usual: Architecture, from?: Model): TrainPlan {
  const made = (['composed', 'invented', 'style', 'group'] as const).find(
    (name) => flags[name] !== trainTable.options[name].default,
  );
  const unfit = made ?? NOT_DRAWN.find((name) => flags[name] !== undefined);
  if (unfit !== undefined) {
    throw new UsageError(`${flagOf(unfit)} has no place where characters are drawn anew in every batch`, {
      hint: 'Leave it out.',
    });
  }
  if (flags.learner !== 'atnl') {
    throw new UsageError(`codes of characters lie on a sphere that ${flags.learner} does not train`, {
      hint: 'Leave --learner out: atnl does.',
    });
  }
  const { filters = usual.filters } = flags;
  const architecture = from?.architecture ?? { ...usual, filters: [...filters] };
  return { name: 'characters', architecture, course: courseOf(flags, { ...NAMED, shift: 0 }) };
}

async function ownPlan(
  flags: DataFlags,
  from: Model | undefined,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<TrainPlan> {
  const { data } = flags;
  const asked = ownDataOf(flags);
  const reading = { fit: 'letterbox', ...(from === undefined ? asked : readLike(from.card, asked)) } as const;
  await assertThere(data);
  const catalog = await openCatalog(data, reading);
  const bar = progressBar(terminal, 'Reading');
  try {
    const seen = await survey(catalog, { ...reading, signal });
    const found = chooseShape(seen);
    const shape = { size: flags.size ?? found.size, channels: flags.channels ?? found.channels };
    const imageShape = from?.imageShape ?? ([shape.size, shape.size, shape.channels] as const);
    const like = { ...shape, size: imageShape[0] };
    const own = await loadOwnImages(catalog, {
      ...reading,
      ...{ shape: imageShape, signal },
      onProgress: bar.update,
    });
    bar.stop();
    const chosen = chooseTraining(like, own.train.labels.length);
    const architecture =
      from?.architecture ??
      ({
        ...architectureOf(shape, { ...chosen, latent: flags.latent ?? chosen.latent }),
        ...netsOf(flags),
      } satisfies Architecture);
    const course = courseOf(flags, chosen);
    for (const line of [foundText(data, own, seen), chosenText(architecture, course, reading.fit)])
      terminal.note(line);
    for (const line of [...findingLines(own.findings), ...chanceLines(own.findings)]) terminal.note(line);
    const classes = flags.classes === undefined ? {} : { classes: ownClasses(flags.classes, own, data) };
    const madeGray = imageShape[2] === 1 && seen.colored > 0 && (await areColorful(catalog));
    const known = { ...own, reading, madeGray };
    return { name: nameOfData(data), architecture, course, own: known, ...classes };
  } finally {
    bar.stop();
  }
}

function ownClasses(text: string, { train }: OwnImages, data: string): readonly Label[] {
  const names = [...new Set(text.split(',').map((word) => word.trim()))];
  const unknown = names.find((name) => !train.classes.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`${data} has no class ${unknown === '' ? 'without a name' : unknown}`, {
    hint: `Its classes: ${train.classes.join(', ')}.`,
  });
}

/** Throws a `UsageError` for flags about nets, which come with the model to begin with. */
function assertNoNets(flags: DataFlags): void {
  const given = (['size', 'channels', 'filters', 'latent'] as const).find(
    (name) => flags[name] !== undefined,
  );
  const unfit = given ?? (flags.style > 0 ? 'style' : undefined);
  if (unfit === undefined) return;
  throw new UsageError(`--from ${flags.from} brings its nets along, so --${unfit} cannot be chosen`, {
    hint: `Leave out --${unfit}, or train from scratch without --from.`,
  });
}

const netsOf = ({ filters, style }: DataFlags) => ({
  ...(filters === undefined ? {} : { filters: [...filters] }),
  ...(style === 0 ? {} : { styleSize: style }),
});

const courseOf = (flags: DataFlags, chosen: TrainPlan['course']): TrainPlan['course'] => ({
  batchSize: flags.batchSize ?? chosen.batchSize,
  epochs: flags.epochs ?? chosen.epochs,
  learningRate: flags.learningRate ?? chosen.learningRate,
  shift: flags.shift ?? chosen.shift,
  warp: flags.warp ?? chosen.warp,
});

function foundText(
  data: string,
  { train, test, heldOut, findings: { bad } }: OwnImages,
  { shortSides, longSides, colored }: Awaited<ReturnType<typeof survey>>,
): string {
  const sides = `${shortSides[0]} to ${longSides.at(-1)} pixels a side`;
  const judged = heldOut ? 'held out of them to be judged on' : 'of the test set to be judged on';
  return `${data}: ${count(train.labels.length)} images of ${train.classes.length} classes to learn from, ${count(test.labels.length)} ${judged}; ${sides}, ${colored > 0 ? 'in color' : 'gray'}${bad.length === 0 ? '' : `; ${bad.length} cannot be read`}.`;
}

function chosenText(
  { imageShape, filters, latentSize }: Architecture,
  { batchSize, epochs, learningRate, shift, warp }: TrainPlan['course'],
  fit: Fit,
): string {
  const [size, , channels] = imageShape;
  return `Training with --size ${size} --channels ${channels} --fit ${fit} --filters ${filters.join()} --latent ${latentSize} --batch-size ${batchSize} --epochs ${epochs} --learning-rate ${learningRate} --shift ${shift} ${warp ? '--warp' : '--no-warp'}; each flag can be given otherwise.`;
}

/** Labels of the classes in a comma-separated list; `all` stands for every one. */
export function classesNamed(text: string, data: DatasetName): readonly Label[] {
  const { classes } = datasetDefaults(data);
  if (text.trim() === 'all') return classes;
  const words = [...new Set(text.split(',').map((word) => word.trim()))];
  return words.map((word) => {
    const label = classes.find((known) => String(known) === word);
    if (label !== undefined) return label;
    throw new UsageError(`${data} has no class ${word === '' ? 'without a name' : word}`, {
      hint: `Its classes: ${classes.join(', ')}.`,
    });
  });
}
