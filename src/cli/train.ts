import { stdout } from 'node:process';
import { Command, Option } from 'commander';
import { type BackendRequest, backendNames, selectBackend } from '../backend/index.js';
import { mnistArchitecture, type SemanticsName } from '../models/index.js';
import { trainModel } from '../produce/index.js';
import { namesOf, numberBetween, wholeNumber } from './parse.js';
import { run } from './run.js';
import { createTerminal, duration, type Terminal } from './terminal.js';

interface TrainFlags {
  readonly data: 'mnist';
  readonly learner: 'atnl';
  readonly out: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly semantics: SemanticsName;
  readonly range: number;
  readonly margin: number;
  readonly lambda: number;
  readonly negative: 'anchor' | 'positive';
  readonly latent: number;
  readonly shift: number;
  readonly classes?: readonly string[];
  readonly limit?: number;
  readonly base: number;
  readonly seed: number;
  readonly backend: BackendRequest;
  readonly resume?: true;
  readonly force?: true;
  readonly quiet?: true;
}

const BAR = 'Training |{bar}| {percentage} % · {detail}';

/** The command that makes the model again: all that the weights depend on. */
function commandOf(flags: TrainFlags, backend: string): string {
  const words = [
    ['--epochs', flags.epochs],
    ['--batch-size', flags.batchSize],
    ['--learning-rate', flags.learningRate],
    ['--semantics', flags.semantics],
    ...(flags.semantics === 'nominal' ? [] : [['--range', flags.range]]),
    ['--margin', flags.margin],
    ['--lambda', flags.lambda],
    ['--negative', flags.negative],
    ['--latent', flags.latent],
    ['--shift', flags.shift],
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
function watchProgress(terminal: Terminal, flags: TrainFlags) {
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

async function train(flags: TrainFlags, signal: AbortSignal): Promise<void> {
  const terminal = createTerminal(flags.quiet === true);
  const backend = await selectBackend(flags.backend);
  terminal.note(`Backend ${backend.name}: ${backend.reason}.`);
  const progress = watchProgress(terminal, flags);
  try {
    const trained = await trainModel({
      recipe: {
        architecture: { ...mnistArchitecture, latentSize: flags.latent },
        atnl: {
          semantics: flags.semantics,
          range: flags.range,
          margin: flags.margin,
          lambda: flags.lambda,
          negative: flags.negative,
        },
        epochs: flags.epochs,
        batchSize: flags.batchSize,
        learningRate: flags.learningRate,
        seed: flags.seed,
        shift: flags.shift,
        base: flags.base,
        ...(flags.classes === undefined ? {} : { classes: flags.classes.map(Number) }),
        ...(flags.limit === undefined ? {} : { limit: flags.limit }),
      },
      out: flags.out,
      resume: flags.resume === true,
      force: flags.force === true,
      backend,
      command: commandOf(flags, backend.name),
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

/** `fewshot train`: an ATNL autoencoder from scratch. */
export function trainCommand(): Command {
  return new Command('train')
    .description('train an autoencoder and write a model file with its card')
    .addOption(new Option('--data <name>', 'data set').choices(['mnist']).default('mnist'))
    .addOption(new Option('--learner <name>', 'objective').choices(['atnl']).default('atnl'))
    .option(
      '--out <file>',
      'model file to write; the card and the checkpoint lie beside it',
      'atnl.safetensors',
    )
    .option('--epochs <n>', 'passes over the images', wholeNumber(1), 6)
    .option('--batch-size <n>', 'images a step', wholeNumber(2), 128)
    .option('--learning-rate <rate>', 'of Adam; it falls to 0 along a cosine', numberBetween(1e-7, 1), 0.001)
    .addOption(
      new Option('--semantics <name>', 'how labels are read')
        .choices(['nominal', 'ordinal', 'circular'])
        .default('nominal'),
    )
    .option(
      '--range <value>',
      'largest difference of labels (ordinal) or a full turn (circular)',
      numberBetween(1e-9, 1e9),
      9,
    )
    .option('--margin <radians>', 'angular margin at semantic distance 1', numberBetween(0, Math.PI), 1)
    .option('--lambda <weight>', 'weight of the angular term', numberBetween(0, 1e6), 80)
    .addOption(
      new Option('--negative <name>', 'whose angle to the negative counts')
        .choices(['anchor', 'positive'])
        .default('anchor'),
    )
    .option('--latent <n>', 'values of a code', wholeNumber(2), mnistArchitecture.latentSize)
    .option('--shift <pixels>', 'largest random shift of a training image', wholeNumber(0), 1)
    .option('--classes <digits>', 'comma-separated: train on these digits only', namesOf([...'0123456789']))
    .option('--limit <n>', 'train on the first n images only', wholeNumber(2))
    .option(
      '--base <n>',
      'codes of each class to keep in the file, for the path transport',
      wholeNumber(0),
      200,
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
