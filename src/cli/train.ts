import { availableParallelism } from 'node:os';
import { stdout } from 'node:process';
import { Command, Option } from 'commander';
import { type BackendRequest, backendNames, selectBackend } from '../backend/index.js';
import type { Label } from '../core/index.js';
import { type Learner, mnistArchitecture } from '../models/index.js';
import { type DatasetName, datasetDefaults, datasetNames, learnerOf, trainModel } from '../produce/index.js';
import { classesNamed } from './classFlag.js';
import { addLearnerFlags, type LearnerFlags, learnerOptions, wordsOf } from './learnerFlags.js';
import { numberBetween, wholeNumber, wholeNumbers } from './parse.js';
import { run } from './run.js';
import { createTerminal, duration, type Terminal } from './terminal.js';

interface TrainFlags extends LearnerFlags {
  readonly data: DatasetName;
  readonly out?: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly latent: number;
  readonly filters?: number[];
  readonly shift: number;
  readonly style: number;
  readonly composed: number;
  readonly invented: number;
  readonly fonts?: string;
  readonly group: number;
  readonly warp?: true;
  readonly classes?: string;
  readonly limit?: number;
  readonly base?: number;
  readonly seed: number;
  readonly backend: BackendRequest;
  readonly resume?: true;
  readonly force?: true;
  readonly quiet?: true;
}

/** What the command line says, with the defaults that depend on the learner. */
interface Plan extends Omit<TrainFlags, 'classes'> {
  readonly out: string;
  readonly classes?: readonly Label[];
  readonly base: number;
}

/** Codes of each class to keep in the file, where they lie on a sphere. */
const BASE = 200;

const BAR = 'Training |{bar}| {percentage} % · {detail}';

/** The command that makes the model again: all that the weights depend on. */
function commandOf(flags: Plan, learner: Learner, backend: string): string {
  const words = [
    ['--epochs', flags.epochs],
    ['--batch-size', flags.batchSize],
    ['--learning-rate', flags.learningRate],
    wordsOf(learner.options),
    ['--latent', flags.latent],
    ...(flags.filters === undefined ? [] : [['--filters', flags.filters.join()]]),
    ['--shift', flags.shift],
    ...(flags.style === 0 ? [] : [['--style', flags.style]]),
    ...(flags.composed === 0 ? [] : [['--composed', flags.composed]]),
    ...(flags.invented === 0 ? [] : [['--invented', flags.invented]]),
    ...(flags.fonts === undefined ? [] : [['--fonts', flags.fonts]]),
    ...(flags.group === 1 ? [] : [['--group', flags.group]]),
    ...(flags.warp ? [['--warp']] : []),
    ...(flags.classes === undefined ? [] : [['--classes', flags.classes.join()]]),
    ...(flags.limit === undefined ? [] : [['--limit', flags.limit]]),
    ['--base', flags.base],
    ['--seed', flags.seed],
    ['--backend', backend],
    ['--out', flags.out],
  ];
  return `fewshot train --data ${flags.data} --learner ${flags.learner} ${words.flat().join(' ')}`;
}

/** Shows a bar on a terminal, and a line an epoch elsewhere. */
function watchProgress(terminal: Terminal, flags: Pick<TrainFlags, 'epochs' | 'batchSize'>) {
  let bar = terminal.bar(1, BAR);
  let start = { time: performance.now(), step: 0 };
  return {
    onStart: ({ images, resumedAt }: { images: number; resumedAt: number }) => {
      const steps = flags.epochs * Math.floor(images / flags.batchSize);
      if (resumedAt > 0) terminal.note(`Resuming after step ${resumedAt} of ${steps}.`);
      start = { time: performance.now(), step: resumedAt };
      bar = terminal.bar(steps, BAR);
    },
    onProgress: (progress: Parameters<NonNullable<Parameters<typeof trainModel>[0]['onProgress']>>[0]) => {
      const { step, steps, epoch, epochs, losses } = progress;
      const seconds = (performance.now() - start.time) / 1000;
      const rate = (step - start.step) / seconds;
      const parts = Object.entries(losses).map(([name, value]) => `${name} ${value.toPrecision(3)}`);
      const detail = [
        `epoch ${epoch}/${epochs}`,
        `${duration((steps - step) / rate)} left`,
        `${Math.round(rate * flags.batchSize).toLocaleString('en')} images/s`,
        // Last, because a narrow terminal cuts the end.
        ...parts,
      ].join(' · ');
      bar.update(step, { detail });
      if (!process.stderr.isTTY && step % Math.floor(steps / epochs) === 0) terminal.note(detail);
    },
    stop: () => bar.stop(),
  };
}

async function train(given: TrainFlags, signal: AbortSignal): Promise<void> {
  const options = learnerOptions(given);
  const learner = learnerOf({ ...given, options });
  const { classes, ...others } = given;
  const flags: Plan = {
    ...others,
    ...(classes === undefined ? {} : { classes: classesNamed(classes, given.data) }),
    out: given.out ?? `${learner.name}.safetensors`,
    base: given.base ?? (learner.latentSpace === 'sphere' ? BASE : 0),
  };
  const terminal = createTerminal(flags.quiet === true);
  const backend = await selectBackend(flags.backend);
  terminal.note(`Backend ${backend.name}: ${backend.reason}.`);
  const progress = watchProgress(terminal, flags);
  try {
    const trained = await trainModel({
      recipe: {
        data: flags.data,
        architecture: {
          ...datasetDefaults(flags.data).architecture,
          latentSize: flags.latent,
          ...(flags.filters === undefined ? {} : { filters: flags.filters }),
          ...(flags.style === 0 ? {} : { styleSize: flags.style }),
        },
        learner: flags.learner,
        options,
        epochs: flags.epochs,
        batchSize: flags.batchSize,
        learningRate: flags.learningRate,
        seed: flags.seed,
        shift: flags.shift,
        ...(flags.composed === 0 ? {} : { composed: flags.composed }),
        ...(flags.invented === 0 ? {} : { invented: flags.invented }),
        ...(flags.fonts === undefined ? {} : { fonts: flags.fonts }),
        ...(flags.group === 1 ? {} : { groupSize: flags.group }),
        ...(flags.warp ? { warp: true } : {}),
        base: flags.base,
        ...(flags.classes === undefined ? {} : { classes: flags.classes }),
        ...(flags.limit === undefined ? {} : { limit: flags.limit }),
      },
      out: flags.out,
      resume: flags.resume === true,
      force: flags.force === true,
      backend,
      command: commandOf(flags, learner, backend.name),
      workers: availableParallelism(),
      signal,
      onStart: progress.onStart,
      onProgress: progress.onProgress,
      onScoring: () => {
        progress.stop();
        terminal.note('Scoring the codes on the test set …');
      },
    });
    for (const [name, value] of Object.entries(trained.scores)) stdout.write(`${name}: ${value}\n`);
    stdout.write(`${trained.model}\n${trained.card}\n`);
  } finally {
    progress.stop();
  }
}

/** `fewshot train`: an autoencoder from scratch. */
export function trainCommand(): Command {
  const command = new Command('train')
    .description('train an autoencoder and write a model file with its card')
    .addOption(new Option('--data <name>', 'data set').choices(datasetNames).default('mnist'));
  return addLearnerFlags(command)
    .option(
      '--out <file>',
      'model file to write; the card and the checkpoint lie beside it (default: <learner>.safetensors)',
    )
    .option('--epochs <n>', 'passes over the images', wholeNumber(1), 6)
    .option('--batch-size <n>', 'images a step', wholeNumber(2), 128)
    .option('--learning-rate <rate>', 'of Adam; it falls to 0 along a cosine', numberBetween(1e-7, 1), 0.001)
    .option('--latent <n>', 'values of a code', wholeNumber(2), mnistArchitecture.latentSize)
    .option('--shift <pixels>', 'largest random shift of a training image', wholeNumber(0), 1)
    .option('--filters <list>', 'comma-separated: filters of each convolution', wholeNumbers(1))
    .option(
      '--style <n>',
      'values of a code, its last ones, for the style of an image (atnl)',
      wholeNumber(0),
      0,
    )
    .option(
      '--composed <n>',
      "classes composed of the data's images to learn beside its own",
      wholeNumber(0),
      0,
    )
    .option('--invented <n>', "invented symbols to learn beside the data's classes", wholeNumber(0), 0)
    .option(
      '--fonts <folder>',
      "fonts whose letters and signs to learn beside the data's classes; with --data glyphs, alone",
    )
    .option('--group <n>', 'images of one class that stand together in a batch', wholeNumber(1), 1)
    .option('--warp', 'turn, stretch, slant and bend training images a little, anew each time')
    .option('--classes <names>', 'comma-separated: train on these classes of the data only')
    .option('--limit <n>', 'train on the first n images only', wholeNumber(2))
    .option(
      '--base <n>',
      `codes of each class to keep in the file, for the path transport (default: ${BASE} with atnl)`,
      wholeNumber(0),
    )
    .option('--seed <n>', 'seed of weights and order', wholeNumber(0), 1)
    .addOption(
      new Option('--backend <name>', 'TensorFlow.js backend')
        .choices(['auto', ...backendNames])
        .default('auto'),
    )
    .option('--resume', 'go on from the checkpoint beside --out')
    .option('--force', 'replace a model or checkpoint that is there')
    .option('--quiet', 'nothing but results and errors')
    .action((flags: TrainFlags) =>
      run((signal) => train(flags, signal), 'The last checkpoint is kept; --resume goes on from it.'),
    );
}
