import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../core/index.js';
import { fits } from '../data/index.js';
import { wholeNumber } from './parse.js';

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
