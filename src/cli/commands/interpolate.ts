import { stdout } from 'node:process';
import { Command, Option } from 'commander';
import { UsageError } from '../../core/errors.js';
import {
  choosePairs,
  evenOmegas,
  type IndexPair,
  type InterpolationPath,
  imagePairs,
  interpolate,
  interpolationPaths,
  interpolationPathsIn,
} from '../../evaluate/interpolation/latentInterpolation.js';
import { assertNew, atomicWrite } from '../../node/files.js';
import { loadModel } from '../../node/loadModel.js';
import { type BackendRequest, selectBackend } from '../../node/selectBackend.js';
import { addFitFlags, backendFlag, detailFlag, namesOf, numberBetween, wholeNumber } from '../flags.js';
import { assertData, dataHelp, type ImagesForFlags, imagesFor, type LookedAt } from '../imagesFor.js';
import { contactSheet, pictureToPng } from '../report/contactSheet.js';
import { run } from '../run.js';
import { createTerminal } from '../terminal.js';

interface InterpolateFlags extends ImagesForFlags {
  readonly pairs: number;
  readonly within?: 'class' | 'any';
  readonly from?: readonly number[];
  readonly to?: readonly number[];
  readonly steps: number;
  readonly paths?: readonly InterpolationPath[];
  readonly extrapolate: number;
  readonly detail?: number;
  readonly seed: number;
  readonly out: string;
  readonly force?: true;
  readonly backend: BackendRequest;
  readonly quiet?: true;
}

/** Refuses before any work what cannot come to an end. */
async function assertRequest({ data, from = [], to = [], out, force }: InterpolateFlags): Promise<void> {
  await assertData({ data });
  if (from.length !== to.length) {
    throw new UsageError(`--from names ${from.length} images, but --to names ${to.length}`, {
      hint: 'Name as many images at each end: --from 12 30 --to 57 8 are two pairs.',
    });
  }
  await assertNew(out, force === true, 'Choose another --out, or replace it with --force.');
}

/** The pairs that the command line names, else a seeded choice. */
function pairsFor(flags: InterpolateFlags, { source, kind }: LookedAt): IndexPair[] {
  const { data, pairs: count, seed, from, to = [] } = flags;
  if (from === undefined) {
    // Lines of one class are hardly apart.
    return choosePairs(source, { count, within: flags.within ?? (data === 'lines' ? 'any' : 'class'), seed });
  }
  const last = source.labels.length - 1;
  const missing = [...from, ...to].find((number) => number > last);
  if (missing !== undefined) {
    throw new UsageError(`${kind === 'image' ? data : `the test set of ${data}`} has no image ${missing}`, {
      hint: `Its images are numbered from 0 to ${last}.`,
    });
  }
  return from.map((number, i) => [number, to[i]!]);
}

/** What each row of the sheet shows, in aligned columns. */
function legend(rows: readonly (readonly string[])[]): string {
  const table = [['row', 'path', 'from', 'to'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) => row.map((text, column) => text.padEnd(widths[column]!)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

async function draw(flags: InterpolateFlags, signal: AbortSignal): Promise<void> {
  const { model: name, data, steps, extrapolate, detail = 0, out } = flags;
  await assertRequest(flags);
  const terminal = createTerminal(flags.quiet === true);
  const backend = await selectBackend(flags.backend);
  terminal.note(`Backend ${backend.name}: ${backend.reason}.`);
  const model = await loadModel(name);
  let images: LookedAt | undefined;
  try {
    const paths = flags.paths ?? interpolationPathsIn(model.latentSpace);
    const omegas = evenOmegas(steps, extrapolate);
    // Asked for before the data, as some take a while: a path that the model does not have is refused here.
    for (const path of paths) interpolate(model, [], { path, omegas });
    images = await imagesFor(model, flags, terminal, signal);
    const { source, kind } = images;
    const pairs = pairsFor(flags, images);
    const ends = imagePairs(source, pairs);
    const drawn = paths.map((path) => interpolate(model, ends, { path, omegas, detail }));
    const sheet = contactSheet(
      ends.flatMap(([from, to], pair) => drawn.map((images) => [[from], images[pair]!, [to]])),
      source.shape,
    );
    signal.throwIfAborted();
    await atomicWrite(out, pictureToPng(sheet));
    const rows = pairs.flatMap((places, pair) => {
      const shown = ends[pair]!.map(({ label }, end) => `${String(label)} (image ${places[end]})`);
      return paths.map((path, i) => [String(pair * paths.length + i + 1), path, ...shown]);
    });
    const placed = omegas.map((omega) => Number(omega.toFixed(3))).join(', ');
    stdout.write(
      `${legend(rows)}Each row: ${kind === 'image' ? 'an image' : 'a test image'} of ${data}, what the model ${model.card.name} draws at ω = ${placed}, the other image.\n${out}\n`,
    );
  } finally {
    images?.dispose();
    model.dispose();
  }
}

const numbers = (text: string, before: readonly number[] = []) => [...before, wholeNumber(0)(text)];

/** `fewshot interpolate`: a picture of the ways from one image to another through a model's latent space. */
export function interpolateCommand(): Command {
  const command = new Command('interpolate')
    .description('draw what a model makes of the ways between two images, a pair and path a row, as a PNG')
    .option('--model <name>', 'shipped model or path of a model file', 'mnist')
    .option('--data <name>', dataHelp, 'mnist')
    .option('--fonts <folder>', 'fonts that draw the data set glyphs');
  return addFitFlags(command)
    .option('--pairs <n>', 'random pairs of test images', wholeNumber(1), 8)
    .addOption(
      new Option(
        '--within <kind>',
        'pairs of one class, or of any two images (default: any for lines, else class)',
      ).choices(['class', 'any']),
    )
    .addOption(
      new Option('--from <n...>', 'numbers of test images to begin at, instead of random pairs')
        .argParser(numbers)
        .conflicts(['pairs', 'within']),
    )
    .addOption(
      new Option('--to <n...>', 'numbers of test images to end at, one for each of --from')
        .argParser(numbers)
        .conflicts(['pairs', 'within']),
    )
    .addOption(detailFlag())
    .option('--steps <n>', 'images from end to end', wholeNumber(2), 9)
    .option(
      '--paths <names>',
      `${interpolationPaths.join(', ')} or all (default: those that the model's codes allow)`,
      namesOf(interpolationPaths),
    )
    .option(
      '--extrapolate <share>',
      'go on beyond both ends by this share of the way',
      numberBetween(0, 2),
      0,
    )
    .option('--seed <n>', 'seed of the choice of pairs', wholeNumber(0), 1)
    .option('--out <file>', 'PNG to write', 'interpolations.png')
    .option('--force', 'replace the PNG if it is there')
    .addOption(backendFlag())
    .option('--quiet', 'nothing but results and errors')
    .action((flags: InterpolateFlags) =>
      run((signal) => draw(flags, signal), 'Nothing was written.', flags.out),
    );
}
