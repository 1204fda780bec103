import { stdout } from 'node:process';
import { UsageError } from '../../core/errors.js';
import type { Label } from '../../core/image.js';
import { pointRows } from '../../core/points.js';
import { defaultSettings } from '../../evaluate/settings.js';
import { assertNew, atomicWrite } from '../../node/files.js';
import type { OwnDataOptions } from '../../node/images/ownData.js';
import { loadExtractor } from '../../node/loadExtractor.js';
import { loadModel } from '../../node/loadModel.js';
import type { BackendName } from '../../node/selectBackend.js';
import { type Context, defineCommand, useBackend } from '../command.js';
import { assertData, calledData, imagesFor, type LookedAt, modelFor } from '../images.js';
import { common, dataOr, ownDataNames, ownDataOptions } from '../options/common.js';
import { either, oneOf, whole, within } from '../options/kinds.js';
import { commandText, type Flags, type Options, type Table } from '../options/option.js';
import { modelOfFeatures, photosFor } from '../photos.js';
import { datasetNames } from '../produce/dataset.js';
import {
  codesBy,
  codesOfPhotos,
  type EmbeddedCodes,
  embedCodes,
  type SourceOfCodes,
} from '../produce/embedCodes.js';
import { scatterFigure } from '../report/plots/scatterFigure.js';
import { scatterPage } from '../report/plots/scatterPage.js';
import { laterBar } from '../terminal.js';

const options = {
  model: {
    ...common.model,
    fallback: defaultSettings.model,
    otherwise: `${defaultSettings.model}; for photos of your own photos`,
  },
  data: { ...common.data, help: dataOr(datasetNames), default: 'mnist' },
  fonts: common.fonts,
  ...ownDataOptions,
  method: {
    kind: oneOf(['tsne', 'umap']),
    placeholder: 'name',
    help: 'how points are laid out',
    default: 'tsne',
  },
  dimensions: { kind: either(2, 3), placeholder: 'n', help: 'of the embedding, 2 or 3', default: 2 },
  count: {
    kind: whole(1),
    placeholder: 'n',
    help: 'images, as many of each class',
    otherwise: '2000, or as the rarest class allows',
  },
  perplexity: {
    kind: within(1, 1000),
    placeholder: 'value',
    help: 'neighbors that count in t-SNE',
    otherwise: '30',
  },
  neighbors: { kind: whole(2), placeholder: 'n', help: 'neighbors that count in UMAP', otherwise: '15' },
  seed: { ...common.seed, help: 'seed of the choice of images and of the embedding' },
  out: { ...common.out, help: 'JSON to write; the pictures lie beside it', required: true },
  force: { ...common.force, help: 'replace files that are there already' },
  backend: common.backend,
  quiet: common.quiet,
} satisfies Options;

type EmbedFlags = Flags<typeof options>;

const table: Table<typeof options> = {
  name: 'embed',
  options,
  recorded: [
    ...(['model', 'data', 'method', 'dimensions', 'count', 'perplexity', 'neighbors'] as const),
    ...ownDataNames,
    ...(['seed', 'backend'] as const),
  ],
  always: ['model', 'data', 'method', 'dimensions', 'seed', 'backend'],
};

/** Format of a bar of steps. */
export const EMBEDDING = 'Embedding |{bar}| {value}/{total} steps · {eta_formatted} left';

/** Throws a `UsageError` before any work for a request that cannot be carried out. */
async function assertRequest(flags: EmbedFlags): Promise<void> {
  if (flags.method === 'tsne' ? flags.neighbors !== undefined : flags.perplexity !== undefined) {
    throw new UsageError('--perplexity goes with --method tsne, and --neighbors with --method umap');
  }
  for (const path of pathsOf(flags.out, flags.dimensions)) {
    await assertNew(path, flags.force === true, 'Choose another --out, or replace it with --force.');
  }
  await assertData(flags);
}

/** The command that makes the same files, but for where they go. */
export function embedText(
  flags: Pick<EmbedFlags, 'data' | 'method' | 'dimensions' | 'seed'> &
    OwnDataOptions & { readonly model: string },
  { images, parameters }: EmbeddedCodes,
  backend: BackendName,
): string {
  return commandText(table, { ...flags, count: images.length, ...parameters, backend });
}

/** Codes to embed, and what results and titles say of them. */
interface Embeddable {
  readonly source: SourceOfCodes;
  readonly model: EmbeddingResult['model'];
  readonly title: string;
  readonly ordered: boolean;
}

async function embed(asked: EmbedFlags, { signal, terminal }: Context): Promise<void> {
  await assertRequest(asked);
  const features = await modelOfFeatures(asked);
  const flags = { ...asked, model: features ?? modelFor(asked) };
  const backend = await useBackend(flags.backend, terminal);
  const tools = { signal, terminal };
  const write = (codes: Embeddable) => embedAndWrite(flags, codes, { ...tools, backend: backend.name });
  await (features === undefined ? withImages(flags, tools, write) : withPhotos(flags, tools, write));
}

type Settled = EmbedFlags & { readonly model: string };
type Tools = Pick<Context, 'signal' | 'terminal'>;

async function withImages(
  flags: Settled,
  { signal, terminal }: Tools,
  write: (codes: Embeddable) => Promise<void>,
): Promise<void> {
  const model = await loadModel(flags.model);
  let images: LookedAt | undefined;
  try {
    images = await imagesFor(model, flags, terminal, signal);
    const { source, title, ordered } = images;
    const named = { name: model.card.name, sha256: model.digest };
    await write({ source: codesBy(model, source), model: named, title, ordered });
  } finally {
    images?.dispose();
    model.dispose();
  }
}

async function withPhotos(
  flags: Settled,
  tools: Tools,
  write: (codes: Embeddable) => Promise<void>,
): Promise<void> {
  const extractor = await loadExtractor(flags.model);
  try {
    const { name, digest, latentSize } = extractor;
    const photos = await photosFor(extractor, flags, tools);
    const source = codesOfPhotos(photos, latentSize);
    await write({ source, model: { name, sha256: digest }, title: photos.embedded.name, ordered: false });
  } finally {
    extractor.dispose();
  }
}

async function embedAndWrite(
  flags: Settled,
  { source, model, title, ordered }: Embeddable,
  { signal, terminal, backend }: Tools & { readonly backend: BackendName },
): Promise<void> {
  const { data, method, dimensions, seed } = flags;
  const bar = laterBar(terminal, EMBEDDING);
  try {
    const embedded = await embedCodes(source, {
      ...flags,
      signal,
      onStart: (count) => terminal.note(`Embedding ${count.toLocaleString('en')} codes by ${method}.`),
      onProgress: bar.update,
    });
    bar.stop();
    const result = {
      schema: 'fewshot.embed/1' as const,
      command: embedText(flags, embedded, backend),
      ...{ seed, model },
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
  }
}

/** JSON that `fewshot embed` writes. */
interface EmbeddingResult {
  readonly schema: 'fewshot.embed/1';
  /** The command that makes these points again. */
  readonly command: string;
  readonly seed: number;
  readonly model: { readonly name: string; readonly sha256: string };
  /** Name of the data set, folder or file. */
  readonly data: string;
  readonly method: 'tsne' | 'umap';
  readonly dimensions: 2 | 3;
  readonly parameters: Readonly<Record<string, number | undefined>>;
  /** With 12 neighbors, in [0, 1]. */
  readonly trustworthiness: number;
  readonly classes: readonly Label[];
  /** Indices in the test set, or among one's own images. */
  readonly images: readonly number[];
  /** Class of each image, as an index into `classes`. */
  readonly labels: readonly number[];
  readonly points: readonly (readonly number[])[];
}

/** Names of the methods in titles. */
export const methods = { tsne: 't-SNE', umap: 'UMAP' };

/** Paths of the files of an embedding: JSON, a picture beside it, and for 3-D a page that turns it. */
function pathsOf(out: string, dimensions: 2 | 3): readonly string[] {
  const stem = out.replace(/\.json$/, '');
  return [out, `${stem}.svg`, ...(dimensions === 3 ? [`${stem}.html`] : [])];
}

/** The files of an embedding, with their contents. */
function embeddingFiles(
  out: string,
  result: EmbeddingResult,
  { title, ordered }: { readonly title: string; readonly ordered: boolean },
): { readonly path: string; readonly text: string }[] {
  const { model, method, dimensions, points, labels, classes } = result;
  const figure = {
    title: `${methods[method]} of codes in ${dimensions}-D: ${title}`,
    panels: [
      {
        title: model.name,
        note: `trustworthiness ${result.trustworthiness.toFixed(3)}`,
        points: points.map((point) => [...point]),
        labels: [...labels],
      },
    ],
    classes: classes.map(String),
    colors: ordered ? ('ordinal' as const) : ('categorical' as const),
  };
  const texts = [`${JSON.stringify(result)}\n`, scatterFigure(figure)];
  if (dimensions === 3) texts.push(scatterPage(figure));
  return pathsOf(out, dimensions).map((path, i) => ({ path, text: texts[i]! }));
}

/** `fewshot embed`: codes of test images in two or three dimensions, as data and as pictures. */
export const command = defineCommand({ table, run: embed, output: ({ out }) => out });
