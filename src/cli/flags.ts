import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../core/errors.js';
import type { Label } from '../core/image.js';
import { fits } from '../data/resize.js';
import { backendNames } from '../node/selectBackend.js';
import { type DatasetName, datasetDefaults } from './produce/dataset.js';

/** What chooses where a command computes. */
export const backendFlag = (): Option =>
  new Option('--backend <name>', 'TensorFlow.js backend').choices(['auto', ...backendNames]).default('auto');

/** A whole number of at least `least`, as commander wants parsers. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
    }
    return value;
  };
}

/** A comma-separated list of whole numbers of at least `least`. */
export function wholeNumbers(least: number): (text: string) => number[] {
  return (text) => text.split(',').map(wholeNumber(least));
}

/** A number between two bounds, both included. */
export function numberBetween(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= low && value <= high)) {
      throw new InvalidArgumentError(`It must be a number from ${low} to ${high}.`);
    }
    return value;
  };
}

/** A comma-separated list of names, each of which must be known; `all` stands for every one. */
export function namesOf<Name extends string>(known: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    if (text === 'all') return [...known];
    const names = [...new Set(text.split(',').map((name) => name.trim()))];
    const unknown = names.find((name) => !(known as readonly string[]).includes(name));
    if (unknown !== undefined) {
      throw new InvalidArgumentError(
        `There is no ${unknown === '' ? 'empty name' : unknown}. Known: ${known.join(', ')}.`,
      );
    }
    return names as Name[];
  };
}

/** `all`, or a whole number of at least 1. */
export function countOrAll(text: string): number | 'all' {
  return text === 'all' ? 'all' : wholeNumber(1)(text);
}

/** How much of a parent's detail hallucinations keep. */
export function detailFlag(): Option {
  return new Option(
    '--detail <share>',
    "share of a parent's detail that is laid over what the decoder draws (default: 0)",
  ).argParser(numberBetween(0, 1));
}

/** The classes of some data that a comma-separated list names; `all` stands for every one. */
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

/** What images of one's own may come as, for help texts. */
export const ownData = 'an image folder, a table (.csv, .jsonl), .npz or IDX files';

/** What `--data` takes beside these data sets. */
export const dataOr = (names: readonly string[]): string => `${names.join(', ')}, or your own: ${ownData}`;

/** The complaint about images of one's own without a model that could know them. */
export const noModelFor = (data: string): UsageError =>
  new UsageError(`no model is named that knows images such as those of ${data}`, {
    hint: 'Train one: fewshot train --data … --out own.safetensors; then give --model ./own.safetensors.',
  });

/** Adds what images of one's own need where they are brought to the shape of a model. */
export function addFitFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--fit <rule>',
        "how your own images are resized: whole between black bars, or the middle part (default: the model's)",
      ).choices(fits),
    )
    .option('--skip-bad', 'pass over images that cannot be read, and list them')
    .option('--no-skip-bad', 'stop at the first, whatever a config says');
}

/** Adds what says the shape of one's own images where no model does. */
export function addShapeFlags(command: Command): Command {
  return command
    .option(
      '--size <pixels>',
      'height and width that your own images are brought to, 8 to 512 (default: by what they are)',
      sizeOfImages,
    )
    .option('--channels <n>', '1 for gray, 3 for colour (default: by what they are)', channelCount);
}

function sizeOfImages(text: string): number {
  const size = wholeNumber(8)(text);
  if (size > 512) throw new InvalidArgumentError('It must be at most 512.');
  return size;
}

function channelCount(text: string): 1 | 3 {
  if (text === '1') return 1;
  if (text === '3') return 3;
  throw new InvalidArgumentError('It must be 1 or 3.');
}
