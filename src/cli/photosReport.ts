import { commandLine } from '../core/commandLine.js';
import { formatShape, type LabeledImage } from '../core/image.js';
import type { Pixels } from '../data/decode/pixels.js';
import { evaluateCodes } from '../evaluate/codes/evaluateCodes.js';
import type { CodeEvaluationSettings, CodeProtocolName } from '../evaluate/settings.js';
import type { FeatureExtractor } from '../models/extractor.js';
import { type Inspection, inspectCatalog } from '../node/images/inspectCatalog.js';
import type { BackendName } from '../node/selectBackend.js';
import { chanceLines, findingLines } from './images.js';
import { ownDataOf } from './options/common.js';
import { codesText } from './options/evalOptions.js';
import { type Photos, photosFor, picturesOf, shrunk, workLine } from './photos.js';
import { codesOfPhotos } from './produce/embedCodes.js';
import { EPISODES } from './produce/evaluateFeatures.js';
import { counted } from './report/figures.js';
import type { ShownEvaluation } from './report/page/pageParts.js';
import { type AskedPhotos, helpfulPath } from './report/page/photosAdvice.js';
import type { PhotosParts } from './report/page/photosPage.js';
import { fitTexts, type ReportFlags, reportMap, type SettledFlags } from './reportParts.js';
import { laterBar, progressBar, type Terminal } from './terminal.js';

/** Tools for every part of a report on photos. */
export interface PhotosTools {
  readonly extractor: FeatureExtractor;
  readonly backend: BackendName;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Parts of a report on photos, but for the command that makes it and versions. */
export type GatheredParts = Omit<PhotosParts, 'command' | 'versions'>;

/** Judges photos by their codes, with all default arms and classifiers: no network is trained, so this takes seconds. */
export async function evaluatePhotos(
  flags: ReportFlags & { readonly model: string },
  { extractor, backend, terminal, signal }: PhotosTools,
): Promise<ShownEvaluation> {
  const { data, model, protocol, ways, shots, episodes, seed } = flags;
  const given = { protocol: protocol as CodeProtocolName | undefined, ways, shots, episodes };
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  const settings: CodeEvaluationSettings = {
    data,
    seed,
    ...Object.fromEntries(defined),
    ...ownDataOf(flags),
  };
  const reading = progressBar(terminal, 'Reading');
  const bar = laterBar(terminal, EPISODES);
  try {
    return await evaluateCodes(extractor, settings, {
      command: (complete) => codesText({ ...complete, model, backend }),
      ...{ signal, onImage: reading.update, onProgress: bar.update },
      onEmbedded: (work) => {
        reading.stop();
        terminal.note(workLine(work));
      },
      onFindings: (findings) => [...findingLines(findings), ...chanceLines(findings)].forEach(terminal.note),
    });
  } finally {
    reading.stop();
    bar.stop();
  }
}

/** Sample images in the table of the data: more would make the page large. */
const SAMPLES = 60;
/** Sides of small pictures to choose from, and most bytes of all of them in the page. */
const [SIDES, PICTURE_BYTES] = [[96, 64, 48], 1_900_000] as const;
/** Bytes of a pixel in the page at most: three, in base64. */
const BYTES = 4;

/** Gathers all that a page about photos shows. Codes come from the cache. */
export async function gatherPhotos(
  flags: SettledFlags,
  evaluation: ShownEvaluation,
  { extractor, backend, terminal, signal }: PhotosTools,
): Promise<GatheredParts & { readonly classes: readonly string[] }> {
  const photos = await photosFor(extractor, flags, { terminal, signal });
  const found = await inspected(photos, { terminal, signal });
  const { name: title } = photos.embedded;
  const source = codesOfPhotos(photos, extractor.latentSize);
  return {
    ...{ seed: flags.seed, backend, title, evaluation },
    classes: photos.classes.map(String),
    data: { name: title, found, notes: notesOn(photos, found, extractor), checked: true },
    extractor: { name: extractor.name, digest: extractor.digest, lines: extractor.describe() },
    map: await reportMap(flags, { source, title, encoder: extractor.name }, { backend, terminal, signal }),
    pictures: await mistakenPictures(photos, evaluation),
    next: nextCommands(flags),
    program: programFor(flags, { evaluation, photos: found.tested }),
  };
}

async function inspected(
  { catalog, reading, embedded }: Photos,
  { terminal, signal }: Pick<PhotosTools, 'terminal' | 'signal'>,
): Promise<Inspection> {
  const bar = progressBar(terminal, 'Inspecting');
  const { background } = reading;
  const found = await inspectCatalog(catalog, {
    ...(background === undefined ? {} : { background }),
    ...{ onProgress: bar.update, signal },
  }).finally(bar.stop);
  const each = Math.max(1, Math.floor(SAMPLES / found.samples.length));
  const { tested, leftOut, leaks } = embedded.findings;
  return { ...found, ...{ tested, leftOut, leaks }, samples: found.samples.map((own) => own.slice(0, each)) };
}

function notesOn(
  { embedded, reading }: Photos,
  found: Inspection,
  { imageShape }: FeatureExtractor,
): string[] {
  const { whole, split } = embedded;
  return [
    whole
      ? 'Each photo is asked for while it is not learned from, and so are near-duplicates of it.'
      : `Episodes learn from the ${counted(split.train.length, 'photo')} of the train split, and ask for the ${split.test.length} of the test split.`,
    ...chanceLines(found),
    `The model sees photos as ${formatShape(imageShape)}, ${fitTexts[reading.fit ?? 'crop']}.`,
    ...(found.bad.length > 0 ? ['Images that cannot be read were passed over.'] : []),
  ];
}

/** Small versions of the pictures that were mistaken, as large as there is room for. */
async function mistakenPictures(
  photos: Photos,
  { mistakes }: ShownEvaluation,
): Promise<ReadonlyMap<string, Pick<LabeledImage, 'pixels' | 'shape'>>> {
  const names = [...new Set((mistakes?.pictures ?? []).map(({ image }) => image))];
  const side = SIDES.find((one) => names.length * one * one * BYTES <= PICTURE_BYTES) ?? SIDES.at(-1)!;
  const most = Math.floor(PICTURE_BYTES / (side * side * BYTES));
  return picturesOf(photos, names.slice(0, most), (picture: Pixels) => shrunk(picture, side));
}

function nextCommands({ data, model }: SettledFlags): PhotosParts['next'] {
  const of = ['--data', data, '--model', model];
  return [
    ['After more photos, the same page again:', commandLine(['fewshot', 'report', ...of, '--force'])],
    [
      'All figures as JSON, with every option:',
      commandLine(['fewshot', 'eval', ...of, '--out', 'evaluation.json']),
    ],
    [
      'What lies between two photos of a thing, by their nearest neighbors:',
      commandLine(['fewshot', 'interpolate', ...of, '--out', 'between.png']),
    ],
  ];
}

/** A program that learns these photos by a KNN, with the hallucinated codes that help it most. */
function programFor({ data, model }: SettledFlags, asked: AskedPhotos): string {
  const path = helpfulPath(asked, 'knn');
  const text = (value: string) => JSON.stringify(value).replaceAll("'", "\\'").replace(/^"|"$/g, "'");
  return `import { from, lastValueFrom } from 'rxjs';
import { addTo, embed, ${path === undefined ? '' : 'hallucinate, '}KnnClassifier, loadExtractor, selectBackend } from 'fewshot-atnl';
import { imageFolder } from 'fewshot-atnl/data';

await selectBackend();
const extractor = await loadExtractor(${text(model)});
const knn = new KnnClassifier();
const photos = from(imageFolder(${text(data)}, { shape: extractor.imageShape, fit: 'crop' }));
await lastValueFrom(
  photos.pipe(
    embed(extractor),${path === undefined ? '' : `\n    hallucinate(extractor, { perClass: 100, path: ${text(path)} }),`}
    addTo(knn),
  ),
);
const [code] = await extractor.embed([picture]); // { pixels, shape } of a new photo
console.log(await knn.predict(code));
`;
}
