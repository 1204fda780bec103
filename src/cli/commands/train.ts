import { stdout } from 'node:process';
import { UsageError } from '../../core/errors.js';
import { embedCatalog } from '../../node/images/embedCatalog.js';
import { openCatalog } from '../../node/images/openCatalog.js';
import { loadExtractor } from '../../node/loadExtractor.js';
import type { BackendName } from '../../node/selectBackend.js';
import { defaultThreads } from '../../node/threads.js';
import type { Learner } from '../../training/learner.js';
import { type Context, defineCommand, useBackend } from '../command.js';
import { assertThere, findingLines } from '../images.js';
import { ownDataOf } from '../options/common.js';
import { commandText, type FlagsOf } from '../options/option.js';
import { BASE, learnerOptions, trainTable, withoutLearner } from '../options/trainOptions.js';
import { workLine } from '../photos.js';
import { type Transfer, trainHead } from '../produce/trainHead.js';
import { learnerOf } from '../produce/trainingRecipe.js';
import { assertFree, trainModel } from '../produce/trainModel.js';
import { percent, points } from '../report/figures.js';
import { duration, progressBar, type Terminal } from '../terminal.js';
import { planTraining, type TrainPlan } from '../trainingPlan.js';

type TrainFlags = FlagsOf<typeof trainTable>;

/** The flags, with the defaults that depend on the learner. */
interface Settled extends TrainFlags {
  readonly out: string;
  readonly base: number;
}

/** Most threads of wasm by default: further ones gain little. */
const MOST_THREADS = 8;

const BAR = 'Training |{bar}| {percentage} % · {detail}';

/** The command that makes the model again: all that the weights depend on. */
function commandOf(flags: Settled, plan: TrainPlan, learner: Learner, backend: BackendName): string {
  const { architecture, course, own, classes } = plan;
  const [size, , channels] = architecture.imageShape;
  const fresh = flags.from === undefined;
  const shaped = own !== undefined && fresh;
  return commandText(trainTable, {
    ...withoutLearner(flags),
    ...learner.options,
    size: shaped ? size : undefined,
    channels: shaped ? (channels as 1 | 3) : undefined,
    ...own?.reading,
    ...{ epochs: course.epochs, batchSize: course.batchSize, learningRate: course.learningRate },
    latent: fresh ? architecture.latentSize : undefined,
    filters: fresh && (shaped || flags.filters !== undefined) ? architecture.filters : undefined,
    shift: course.shift,
    warp: course.warp || (own === undefined ? undefined : false),
    classes: classes?.join(),
    backend,
  });
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

/** Facts of one's own images that weights and card depend on. */
const ownOf = ({ digest, reading, madeGray }: NonNullable<TrainPlan['own']>) => ({
  ...{ digest, reading },
  ...(madeGray ? { madeGray } : {}),
});

async function train(given: TrainFlags, context: Context): Promise<void> {
  if (given.features !== undefined) return trainOnFeatures(given, given.features, context);
  const { signal, terminal } = context;
  const options = learnerOptions(given.learner, given);
  const learner = learnerOf({ ...given, options });
  if (learner.continues === true && given.from === undefined) {
    throw new UsageError(`the learner ${learner.name} needs an encoder that has learned already`, {
      hint: 'Train one by another learner first, such as atnl, and name it by --from.',
    });
  }
  const flags: Settled = {
    ...given,
    out: given.out ?? `${learner.name}.safetensors`,
    base: given.base ?? (learner.latentSpace === 'sphere' ? BASE : 0),
  };
  await assertFree(flags.out, { resume: flags.resume === true, force: flags.force === true });
  const { threads = Math.min(MOST_THREADS, defaultThreads()) } = flags;
  const backend = await useBackend(flags.backend, terminal, { threads });
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
        ...(own === undefined ? {} : { own: ownOf(own) }),
        ...(from === undefined
          ? {}
          : { from: { name: from.card.name, sha256: from.digest, command: from.card.command } }),
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
      ...(own === undefined
        ? {}
        : { dataset: { name, train: own.train, test: own.test, leaks: own.findings.leaks.length } }),
      ...(from === undefined ? {} : { from }),
      workers: defaultThreads(),
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

/** Codes of each class that the file of a head keeps. */
const HEAD_BASE = 50;

/** Trains a linear head on the features of a model instead of an autoencoder. */
async function trainOnFeatures(
  flags: TrainFlags,
  features: string,
  { signal, terminal }: Context,
): Promise<void> {
  const { data, seed, size, force = false, margin, learningRate } = flags;
  const [out, base] = [flags.out ?? 'head.safetensors', flags.base ?? HEAD_BASE];
  const backend = await useBackend(flags.backend, terminal);
  await assertThere(data);
  const reading = ownDataOf(flags);
  const catalog = await openCatalog(data, reading);
  const extractor = await loadExtractor(features, size === undefined ? {} : { side: size });
  const bar = progressBar(terminal, 'Embedding');
  try {
    const images = await embedCatalog(catalog, extractor, { ...reading, onProgress: bar.update, signal });
    bar.stop();
    for (const line of [workLine(images.work), ...findingLines(images.findings)]) terminal.note(line);
    const options = {
      ...(margin === undefined ? {} : { margin }),
      ...(learningRate === undefined ? {} : { learningRate }),
    };
    const { model, card, transfer } = await trainHead({
      ...{ extractor, images, out, base, force, seed, options, backend, signal },
      command: commandText(trainTable, { ...flags, out, base, backend: backend.name }),
    });
    stdout.write(transferText(transfer));
    stdout.write(`${model}\n${card}\n`);
  } finally {
    bar.stop();
    extractor.dispose();
  }
}

/** What a head does to classes that it has not seen, in a sentence or two. */
function transferText(transfer: Transfer | undefined): string {
  if (transfer === undefined) {
    return 'Too few classes to hold some out: whether the head helps is not known. Compare: fewshot eval.\n';
  }
  const { classes, features, whitened, head, gain, ci95 } = transfer;
  const verdict =
    ci95 !== null && gain > ci95
      ? 'The head helps on classes that it has not seen.'
      : 'No clear gain: use the features as they are.';
  return `Nearest prototype, 5-way, 1 shot, ${classes} classes held out: features ${percent(features)}, whitened ${percent(whitened)}, head ${percent(head)} (${points({ difference: gain, ci95 })} points). ${verdict}\n`;
}

/** `fewshot train`: an autoencoder from scratch, or from a model that is there. */
export const command = defineCommand({
  table: trainTable,
  run: train,
  kept: () => 'The last checkpoint is kept; --resume goes on from it.',
});
