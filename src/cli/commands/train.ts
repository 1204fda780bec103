import { availableParallelism } from 'node:os';
import { stdout } from 'node:process';
import { Command } from 'commander';
import { commandLine } from '../../evaluate/command.js';
import { type BackendRequest, selectBackend } from '../../node/selectBackend.js';
import type { Learner } from '../../training/learner.js';
import {
  addFitFlags,
  addShapeFlags,
  backendFlag,
  dataOr,
  numberBetween,
  wholeNumber,
  wholeNumbers,
} from '../flags.js';
import { addLearnerFlags, type LearnerFlags, learnerOptions, wordsOf } from '../learnerFlags.js';
import { datasetNames } from '../produce/dataset.js';
import { learnerOf } from '../produce/trainingRecipe.js';
import { assertFree, trainModel } from '../produce/trainModel.js';
import { run } from '../run.js';
import { createTerminal, duration, type Terminal } from '../terminal.js';
import { type DataFlags, planTraining, type TrainPlan } from '../trainData.js';

interface TrainFlags extends LearnerFlags, DataFlags {
  readonly out?: string;
  readonly composed: number;
  readonly invented: number;
  readonly fonts?: string;
  readonly group: number;
  readonly limit?: number;
  readonly base?: number;
  readonly seed: number;
  readonly backend: BackendRequest;
  readonly resume?: true;
  readonly force?: true;
  readonly quiet?: true;
}

/** What the command line says, with the defaults that depend on the learner. */
interface Told extends TrainFlags {
  readonly out: string;
  readonly base: number;
}

/** Codes of each class to keep in the file, where they lie on a sphere. */
const BASE = 200;

const BAR = 'Training |{bar}| {percentage} % · {detail}';

/** The command that makes the model again: all that the weights depend on. */
function commandOf(flags: Told, plan: TrainPlan, learner: Learner, backend: string): string {
  const { architecture, course, own, classes } = plan;
  const [size, , channels] = architecture.imageShape;
  const nets = own !== undefined || flags.filters !== undefined;
  const words = [
    ...(flags.from === undefined ? [] : [['--from', flags.from]]),
    ...(own === undefined || flags.from !== undefined ? [] : [['--size', size, '--channels', channels]]),
    ...(own === undefined ? [] : [['--fit', own.fit]]),
    ...(flags.skipBad ? [['--skip-bad']] : []),
    ['--epochs', course.epochs],
    ['--batch-size', course.batchSize],
    ['--learning-rate', course.learningRate],
    wordsOf(learner.options),
    ...(flags.from === undefined ? [['--latent', architecture.latentSize]] : []),
    ...(nets && flags.from === undefined ? [['--filters', architecture.filters.join()]] : []),
    ['--shift', course.shift],
    ...(flags.style === 0 ? [] : [['--style', flags.style]]),
    ...(flags.composed === 0 ? [] : [['--composed', flags.composed]]),
    ...(flags.invented === 0 ? [] : [['--invented', flags.invented]]),
    ...(flags.fonts === undefined ? [] : [['--fonts', flags.fonts]]),
    ...(flags.group === 1 ? [] : [['--group', flags.group]]),
    ...(course.warp ? [['--warp']] : own === undefined ? [] : [['--no-warp']]),
    ...(classes === undefined ? [] : [['--classes', classes.join()]]),
    ...(flags.limit === undefined ? [] : [['--limit', flags.limit]]),
    ['--base', flags.base],
    ['--seed', flags.seed],
    ['--backend', backend],
    ['--out', flags.out],
  ];
  const all = ['fewshot', 'train', '--data', flags.data, '--learner', flags.learner, ...words.flat()];
  return commandLine(all);
}

/** Shows a bar on a terminal, and a line an epoch elsewhere. */
function watchProgress(terminal: Terminal, course: TrainPlan['course']) {
  let bar = terminal.bar(1, BAR);
  let start = { time: performance.now(), step: 0 };
  return {
    onStart: ({ images, resumedAt }: { images: number; resumedAt: number }) => {
      const steps = course.epochs * Math.floor(images / course.batchSize);
      if (resumedAt > 0) terminal.note(`Resuming after step ${resumedAt} of ${steps}.`);
      start = { time: performance.now(), step: resumedAt };
      bar = terminal.bar(steps, BAR);
    },
    onProgress: (progress: Parameters<NonNullable<Parameters<typeof trainModel>[0]['onProgress']>>[0]) => {
      const { done, total, epoch, epochs, losses } = progress;
      const seconds = (performance.now() - start.time) / 1000;
      const rate = (done - start.step) / seconds;
      const parts = Object.entries(losses).map(([name, value]) => `${name} ${value.toPrecision(3)}`);
      const detail = [
        `epoch ${epoch}/${epochs}`,
        `${duration((total - done) / rate)} left`,
        `${Math.round(rate * course.batchSize).toLocaleString('en')} images/s`,
        // Last, because a narrow terminal cuts the end.
        ...parts,
      ].join(' · ');
      bar.update(done, { detail });
      if (!process.stderr.isTTY && done % Math.floor(total / epochs) === 0) terminal.note(detail);
    },
    stop: () => bar.stop(),
  };
}

async function train(given: TrainFlags, signal: AbortSignal): Promise<void> {
  const options = learnerOptions(given);
  const learner = learnerOf({ ...given, options });
  const flags: Told = {
    ...given,
    out: given.out ?? `${learner.name}.safetensors`,
    base: given.base ?? (learner.latentSpace === 'sphere' ? BASE : 0),
  };
  await assertFree(flags.out, { resume: flags.resume === true, force: flags.force === true });
  const terminal = createTerminal(flags.quiet === true);
  const backend = await selectBackend(flags.backend);
  terminal.note(`Backend ${backend.name}: ${backend.reason}.`);
  const plan = await planTraining(flags, terminal, signal);
  const { name, architecture, course, classes, own, from } = plan;
  const progress = watchProgress(terminal, course);
  try {
    const trained = await trainModel({
      recipe: {
        ...{ data: name, architecture, learner: flags.learner, options, seed: flags.seed, base: flags.base },
        ...{ epochs: course.epochs, batchSize: course.batchSize, shift: course.shift },
        ...(course.warp ? { warp: true } : {}),
        learningRate: course.learningRate,
        ...(own === undefined ? {} : { own: { digest: own.digest, fit: own.fit } }),
        ...(from === undefined ? {} : { from: { name: from.card.name, sha256: from.digest } }),
        ...(flags.composed === 0 ? {} : { composed: flags.composed }),
        ...(flags.invented === 0 ? {} : { invented: flags.invented }),
        ...(flags.fonts === undefined ? {} : { fonts: flags.fonts }),
        ...(flags.group === 1 ? {} : { groupSize: flags.group }),
        ...(classes === undefined ? {} : { classes }),
        ...(flags.limit === undefined ? {} : { limit: flags.limit }),
      },
      out: flags.out,
      resume: flags.resume === true,
      force: flags.force === true,
      backend,
      command: commandOf(flags, plan, learner, backend.name),
      ...(own === undefined ? {} : { dataset: { name, train: own.train, test: own.test } }),
      ...(from === undefined ? {} : { from }),
      workers: availableParallelism(),
      signal,
      onStart: progress.onStart,
      onProgress: progress.onProgress,
      onScoring: () => {
        progress.stop();
        terminal.note('Scoring the codes on the test set …');
      },
    });
    for (const [score, value] of Object.entries(trained.scores)) stdout.write(`${score}: ${value}\n`);
    stdout.write(`${trained.model}\n${trained.card}\n`);
  } finally {
    progress.stop();
    own?.dispose();
    from?.dispose();
  }
}

/** `fewshot train`: an autoencoder from scratch, or from a model that is there. */
export function trainCommand(): Command {
  const command = new Command('train')
    .description('train an autoencoder and write a model file with its card')
    .option('--data <name>', dataOr(datasetNames), 'mnist');
  return addFitFlags(addShapeFlags(addLearnerFlags(command)))
    .option('--from <model>', 'begin with a shipped model or a model file instead of random weights')
    .option(
      '--out <file>',
      'model file to write; the card and the checkpoint lie beside it (default: <learner>.safetensors)',
    )
    .option(
      '--epochs <n>',
      'passes over the images (default: 6; of your own by how many there are)',
      wholeNumber(1),
    )
    .option(
      '--batch-size <n>',
      'images a step (default: 128; of your own by how many there are)',
      wholeNumber(2),
    )
    .option(
      '--learning-rate <rate>',
      'of Adam; it falls to 0 along a cosine (default: 0.001; of your own 0.002)',
      numberBetween(1e-7, 1),
    )
    .option(
      '--latent <n>',
      'values of a code (default: 32; of your own, 64 where they are large or in colour)',
      wholeNumber(2),
    )
    .option(
      '--shift <pixels>',
      'largest random shift of a training image (default: 1; of your own, a 28th of their size)',
      wholeNumber(0),
    )
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
    .option(
      '--warp',
      'turn, stretch, slant and bend training images a little, anew each time (default: where your own are few)',
    )
    .option('--no-warp', 'do not')
    .option('--classes <names>', 'comma-separated: train on these classes of the data only')
    .option('--limit <n>', 'train on the first n images only', wholeNumber(2))
    .option(
      '--base <n>',
      `codes of each class to keep in the file, for paths that need them (default: ${BASE} with atnl)`,
      wholeNumber(0),
    )
    .option('--seed <n>', 'seed of weights and order', wholeNumber(0), 1)
    .addOption(backendFlag())
    .option('--resume', 'go on from the checkpoint beside --out')
    .option('--force', 'replace a model or checkpoint that is there')
    .option('--quiet', 'nothing but results and errors')
    .action((flags: TrainFlags) =>
      run((signal) => train(flags, signal), 'The last checkpoint is kept; --resume goes on from it.'),
    );
}
