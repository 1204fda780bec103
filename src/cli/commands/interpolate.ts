import { stdout } from 'node:process';
import { baseOf, latentPath } from '../../augment/paths.js';
import { UsageError } from '../../core/errors.js';
import type { LabeledSource } from '../../data/episodes.js';
import {
  drawPairs,
  evenOmegas,
  type IndexPair,
  imagePairs,
  interpolate,
  interpolationPaths,
  interpolationPathsIn,
} from '../../evaluate/interpolation/latentInterpolation.js';
import { defaultSettings } from '../../evaluate/settings.js';
import { assertNew, atomicWrite } from '../../node/files.js';
import { loadExtractor } from '../../node/loadExtractor.js';
import { loadModel } from '../../node/loadModel.js';
import { type Context, defineCommand, useBackend } from '../command.js';
import { assertData, imagesFor, type LookedAt, modelFor } from '../images.js';
import { common, dataOr, ownDataNames, ownDataOptions } from '../options/common.js';
import { oneOf, several, someOf, whole, within } from '../options/kinds.js';
import type { Flags, Options, Table } from '../options/option.js';
import { assertNoDetail, modelOfFeatures, photosFor } from '../photos.js';
import { datasetNames } from '../produce/dataset.js';
import { neighborsText, type Place, photosAt } from '../produce/neighbors.js';
import { contactSheet, pictureToPng } from '../report/contactSheet.js';
import { neighborSheet } from '../report/neighborSheet.js';

const options = {
  model: {
    ...common.model,
    fallback: defaultSettings.model,
    otherwise: `${defaultSettings.model}; for photos of your own photos`,
  },
  data: { ...common.data, help: dataOr(datasetNames), default: 'mnist' },
  fonts: common.fonts,
  ...ownDataOptions,
  pairs: { kind: whole(1), placeholder: 'n', help: 'random pairs of test images', default: 8 },
  within: {
    kind: oneOf(['class', 'any']),
    placeholder: 'kind',
    help: 'pairs of one class, or of any two images',
    otherwise: 'any for lines, else class',
  },
  from: {
    kind: several(whole(0)),
    placeholder: 'n...',
    help: 'numbers of test images to begin at, instead of random pairs',
    conflicts: ['pairs', 'within'],
  },
  to: {
    kind: several(whole(0)),
    placeholder: 'n...',
    help: 'numbers of test images to end at, one for each of --from',
    conflicts: ['pairs', 'within'],
  },
  detail: common.detail,
  steps: { kind: whole(2), placeholder: 'n', help: 'images from end to end', default: 9 },
  paths: {
    kind: someOf(interpolationPaths),
    placeholder: 'names',
    help: `${interpolationPaths.join(', ')} or all`,
    otherwise: "those that the model's codes allow",
  },
  extrapolate: {
    kind: within(0, 2),
    placeholder: 'share',
    help: 'go on beyond both ends by this share of the path',
    default: 0,
  },
  seed: { ...common.seed, help: 'seed of the choice of pairs' },
  out: { ...common.out, help: 'PNG to write', default: 'interpolations.png' },
  force: { ...common.force, help: 'replace the PNG if it is there' },
  backend: common.backend,
  quiet: common.quiet,
} satisfies Options;

type InterpolateFlags = Flags<typeof options>;

/** Options of `fewshot interpolate`. */
export const interpolateTable: Table<typeof options> = {
  name: 'interpolate',
  options,
  recorded: [
    ...(['model', 'data', 'pairs', 'within', 'paths', 'steps'] as const),
    ...ownDataNames,
    'detail',
    ...(['seed', 'backend', 'out'] as const),
  ],
  always: ['model', 'data', 'pairs', 'steps', 'seed', 'backend', 'out'],
};

/** Throws a `UsageError` before any work for a request that cannot be carried out. */
async function assertRequest({ data, from = [], to = [], out, force }: InterpolateFlags): Promise<void> {
  await assertData({ data });
  if (from.length !== to.length) {
    throw new UsageError(`--from names ${from.length} images, but --to names ${to.length}`, {
      hint: 'Name as many images at each end: --from 12 30 --to 57 8 are two pairs.',
    });
  }
  await assertNew(out, force === true, 'Choose another --out, or replace it with --force.');
}

/** Pairs that the command line names, otherwise a seeded choice. */
function pairsFor(
  flags: InterpolateFlags,
  { source, kind }: { readonly source: LabeledSource; readonly kind: string },
): IndexPair[] {
  const { data, pairs: count, seed, from, to = [] } = flags;
  if (from === undefined) {
    // Lines of one class hardly differ.
    return drawPairs(source, { count, within: flags.within ?? (data === 'lines' ? 'any' : 'class'), seed });
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

/** Legend of the sheet's rows, in aligned columns. */
function legend(rows: readonly (readonly string[])[]): string {
  const table = [['row', 'path', 'from', 'to'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) => row.map((text, column) => text.padEnd(widths[column]!)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

async function draw(asked: InterpolateFlags, context: Context): Promise<void> {
  await assertRequest(asked);
  const features = await modelOfFeatures(asked);
  return features === undefined
    ? drawImages({ ...asked, model: modelFor(asked) }, context)
    : drawNeighbors({ ...asked, model: features }, context);
}

type Settled = InterpolateFlags & { readonly model: string };

async function drawImages(flags: Settled, { signal, terminal }: Context): Promise<void> {
  const { data, steps, extrapolate, detail = 0, out, model: name } = flags;
  await useBackend(flags.backend, terminal);
  const model = await loadModel(name);
  let images: LookedAt | undefined;
  try {
    const paths = flags.paths ?? interpolationPathsIn(model.latentSpace);
    const omegas = evenOmegas(steps, extrapolate);
    // Refuses a path that the model does not have, before data that take a while.
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
    const rows = pairs.flatMap((indices, pair) => {
      const shown = ends[pair]!.map(({ label }, end) => `${String(label)} (image ${indices[end]})`);
      return paths.map((path, i) => [String(pair * paths.length + i + 1), path, ...shown]);
    });
    const shownOmegas = omegas.map((omega) => Number(omega.toFixed(3))).join(', ');
    stdout.write(
      `${legend(rows)}Each row: ${kind === 'image' ? 'an image' : 'a test image'} of ${data}, what the model ${model.card.name} draws at ω = ${shownOmegas}, the other image.\n${out}\n`,
    );
  } finally {
    images?.dispose();
    model.dispose();
  }
}

/** Shows points between photos by their nearest neighbors, where a model gives features and draws nothing. */
async function drawNeighbors(flags: Settled, { signal, terminal }: Context): Promise<void> {
  const { data, steps, extrapolate, out, model: name } = flags;
  assertNoDetail(flags);
  await useBackend(flags.backend, terminal);
  const extractor = await loadExtractor(name);
  try {
    const { latentSpace, styleSize } = extractor;
    const allowed = interpolationPathsIn(latentSpace);
    // Both paths of a sphere pass by the same neighbors.
    const paths = (flags.paths ?? allowed.slice(0, 1)).map(latentPath);
    for (const path of paths) baseOf(path, extractor);
    const omegas = evenOmegas(steps, extrapolate);
    const photos = await photosFor(extractor, flags, { terminal, signal });
    const { codes, images } = photos.embedded;
    const pairs = pairsFor(flags, { source: photos, kind: 'image' });
    const rows = pairs.flatMap((ends) =>
      paths.map((path): Place[][] => [
        [{ photo: ends[0] }],
        omegas.map((omega) => ({
          point: path.walk([codes[ends[0]]!, codes[ends[1]]!], omega, styleSize),
          parents: ends,
          label: photos.labels[omega <= 0.5 ? ends[0] : ends[1]]!,
        })),
        [{ photo: ends[1] }],
      ]),
    );
    const sheet = neighborSheet(await photosAt(photos, rows));
    signal.throwIfAborted();
    await atomicWrite(out, pictureToPng(sheet));
    const named = pairs.flatMap((ends, pair) =>
      paths.map((path, i) => [
        String(pair * paths.length + i + 1),
        path.name,
        ...ends.map((index) => `${images[index]!.name} (image ${index})`),
      ]),
    );
    const shownOmegas = omegas.map((omega) => Number(omega.toFixed(3))).join(', ');
    stdout.write(
      `${legend(named)}Each row: a photo, the neighbors of points at ω = ${shownOmegas} on the way, the other photo.\n${neighborsText(extractor.name, data)}\n${out}\n`,
    );
  } finally {
    extractor.dispose();
  }
}

/** `fewshot interpolate`: a picture of the paths from one image to another through a model's latent space. */
export const command = defineCommand({ table: interpolateTable, run: draw, output: ({ out }) => out });
