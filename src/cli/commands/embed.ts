import { stdout } from 'node:process';
import { Command, Option } from 'commander';
import { UsageError } from '../../core/errors.js';
import { pointRows } from '../../core/points.js';
import { commandLine } from '../../evaluate/command.js';
import { assertNew, atomicWrite } from '../../node/files.js';
import { loadModel } from '../../node/loadModel.js';
import { type BackendRequest, selectBackend } from '../../node/selectBackend.js';
import { embeddingFiles, placesOf } from '../embeddingFiles.js';
import { addFitFlags, backendFlag, numberBetween, wholeNumber } from '../flags.js';
import {
  assertData,
  calledData,
  dataHelp,
  type ImagesForFlags,
  imagesFor,
  type LookedAt,
} from '../imagesFor.js';
import { type EmbedCodesOptions, type EmbeddedCodes, embedCodes } from '../produce/embedCodes.js';
import { run } from '../run.js';
import { createTerminal, laterBar } from '../terminal.js';

interface EmbedFlags
  extends Pick<EmbedCodesOptions, 'method' | 'dimensions' | 'count' | 'perplexity' | 'neighbors' | 'seed'>,
    ImagesForFlags {
  readonly out: string;
  readonly force?: true;
  readonly backend: BackendRequest;
  readonly quiet?: true;
}

/** A bar of steps. */
export const EMBEDDING = 'Embedding |{bar}| {value}/{total} steps · {eta_formatted} left';

/** Refuses before any work what cannot come to an end. */
async function assertRequest(flags: EmbedFlags): Promise<void> {
  if (flags.method === 'tsne' ? flags.neighbors !== undefined : flags.perplexity !== undefined) {
    throw new UsageError('--perplexity goes with --method tsne alone, and --neighbors with umap');
  }
  for (const path of placesOf(flags.out, flags.dimensions)) {
    await assertNew(path, flags.force === true, 'Choose another --out, or replace it with --force.');
  }
  await assertData(flags);
}

/** The command that makes the same files, but for where they go. */
export function commandOfEmbedding(
  flags: Omit<EmbedFlags, 'out' | 'backend'>,
  { images, parameters }: EmbeddedCodes,
  backend: string,
): string {
  const words = [
    ...['fewshot', 'embed', '--model', flags.model, '--data', flags.data, '--method', flags.method],
    ...['--dimensions', flags.dimensions, '--count', images.length],
    ...Object.entries(parameters).flatMap(([name, value]) => [`--${name}`, value]),
    ...(flags.fit === undefined ? [] : ['--fit', flags.fit]),
    ...(flags.skipBad ? ['--skip-bad'] : []),
    ...['--seed', flags.seed, '--backend', backend],
  ];
  return commandLine(words);
}

async function embed(flags: EmbedFlags, signal: AbortSignal): Promise<void> {
  const { data, method, dimensions, seed } = flags;
  await assertRequest(flags);
  const terminal = createTerminal(flags.quiet === true);
  const backend = await selectBackend(flags.backend);
  terminal.note(`Backend ${backend.name}: ${backend.reason}.`);
  const model = await loadModel(flags.model);
  const bar = laterBar(terminal, EMBEDDING);
  let images: LookedAt | undefined;
  try {
    images = await imagesFor(model, flags, terminal, signal);
    const { source, title, ordered } = images;
    const embedded = await embedCodes(model, source, {
      ...flags,
      signal,
      onStart: (count) => terminal.note(`Embedding ${count.toLocaleString('en')} codes by ${method}.`),
      onProgress: bar.update,
    });
    bar.stop();
    const result = {
      schema: 'fewshot.embed/1' as const,
      command: commandOfEmbedding(flags, embedded, backend.name),
      seed,
      model: { name: model.card.name, sha256: model.digest },
      ...{ data: calledData(data), method, dimensions, parameters: embedded.parameters },
      trustworthiness: Number(embedded.trustworthiness.toFixed(4)),
      classes: source.classes,
      images: [...embedded.images],
      labels: [...embedded.labels],
      points: pointRows(embedded.points, dimensions, 3),
    };
    const files = embeddingFiles(flags.out, result, { title, ordered });
    signal.throwIfAborted();
    for (const { path, text } of files) await atomicWrite(path, text);
    const trust = `trustworthiness: ${embedded.trustworthiness.toFixed(4)}`;
    stdout.write(`${[trust, ...files.map(({ path }) => path)].join('\n')}\n`);
  } finally {
    bar.stop();
    images?.dispose();
    model.dispose();
  }
}

/** `fewshot embed`: codes of test images in two or three dimensions, as data and as pictures. */
export function embedCommand(): Command {
  const oneOf = (flags: string, description: string, names: readonly string[]) =>
    new Option(flags, description).choices(names).default(names[0]);
  const command = new Command('embed')
    .description('lay out codes of test images by t-SNE or UMAP: JSON, a picture, and in 3-D a page')
    .option('--model <name>', 'shipped model or path of a model file', 'mnist')
    .option('--data <name>', dataHelp, 'mnist')
    .option('--fonts <folder>', 'fonts that draw the data set glyphs');
  return addFitFlags(command)
    .addOption(oneOf('--method <name>', 'how points are laid out', ['tsne', 'umap']))
    .option('--dimensions <n>', 'of the embedding, 2 or 3', dimensionCount, 2)
    .option(
      '--count <n>',
      'images, as many of each class (default: 2000, or as the rarest class allows)',
      wholeNumber(1),
    )
    .option('--perplexity <value>', 'neighbours that count in t-SNE (default: 30)', numberBetween(1, 1000))
    .option('--neighbors <n>', 'neighbours that count in UMAP (default: 15)', wholeNumber(2))
    .option('--seed <n>', 'seed of the choice of images and of the embedding', wholeNumber(0), 1)
    .requiredOption('--out <file>', 'JSON to write; the pictures lie beside it')
    .option('--force', 'replace files that are there already')
    .addOption(backendFlag())
    .option('--quiet', 'nothing but results and errors')
    .action((flags: EmbedFlags) => run((signal) => embed(flags, signal), 'Nothing was written.', flags.out));
}

function dimensionCount(text: string): number {
  return numberBetween(2, 3)(String(wholeNumber(2)(text)));
}
