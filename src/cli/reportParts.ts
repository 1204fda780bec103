import { UsageError } from '../core/errors.js';
import { formatShape, imagesOf, type LabeledImage } from '../core/image.js';
import { type Fit, isInkFit } from '../data/resize.js';
import { defaultArms } from '../evaluate/arms/arms.js';
import { armsFor } from '../evaluate/arms/armsFor.js';
import { type EvaluationData, isEvaluationData, sizesOf } from '../evaluate/data.js';
import { evaluate } from '../evaluate/evaluate.js';
import {
  choosePairs,
  evenOmegas,
  imagePairs,
  interpolate,
  interpolationPathsIn,
} from '../evaluate/interpolation/latentInterpolation.js';
import type { EvaluationResult } from '../evaluate/result.js';
import { defaultSettings, type EvaluationSettings } from '../evaluate/settings.js';
import type { Model } from '../models/model.js';
import { loadBuiltInSet } from '../node/builtInSets.js';
import { noFindings } from '../node/images/findings.js';
import { type Inspection, inspectCatalog } from '../node/images/inspectCatalog.js';
import { openCatalog } from '../node/images/openCatalog.js';
import { readLike } from '../node/images/ownData.js';
import type { BackendName } from '../node/selectBackend.js';
import { EMBEDDING, embedText, methods } from './commands/embed.js';
import { EVALUATING } from './commands/eval.js';
import { interpolateTable } from './commands/interpolate.js';
import { chanceLines, cutFound, imagesFor, indicesOf, type LookedAt } from './images.js';
import { ownDataOf } from './options/common.js';
import { evalText } from './options/evalOptions.js';
import { commandText, type FlagsOf } from './options/option.js';
import type { reportTable } from './options/reportOptions.js';
import { codesBy, embedCodes, type SourceOfCodes } from './produce/embedCodes.js';
import { count } from './report/figures.js';
import type { ReportParts } from './report/page/pageParts.js';
import { laterBar, progressBar, type Terminal } from './terminal.js';

/** How a report says that pictures came to a size. */
export const fitTexts: Readonly<Record<Fit, string>> = {
  letterbox: 'whole between bars',
  crop: 'the middle part of each',
  ink: 'as drawings: light ink on black, scaled by its box',
  strokes: 'as drawings: light ink on black, scaled by how far it spreads',
  'strokes-dark': 'as drawings: dark ink made light on black, scaled by how far it spreads',
  'strokes-light': 'as drawings: light ink on black, scaled by how far it spreads',
  'ink-dark': 'as drawings: dark ink made light on black, scaled by its box',
  'ink-light': 'as drawings: light ink on black, scaled by its box',
};

/** Flags of `fewshot report`. */
export type ReportFlags = FlagsOf<typeof reportTable>;

/** The flags once what the data decide is settled. */
export type SettledFlags = ReportFlags & Required<Pick<ReportFlags, 'model' | 'protocol' | 'episodes'>>;

/** Tools for every part of a report. */
export interface ReportTools {
  readonly model: Model;
  readonly backend: BackendName;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Inspected data. */
export interface SeenData {
  readonly found: Inspection;
  readonly images: LookedAt;
  /** See `ReportParts`. */
  readonly notes: readonly string[];
  readonly drawings: boolean;
  /** Classes and labeled images of an episode, where the flags give none. */
  readonly ways: number;
  readonly shots: number;
}

const SAMPLES = 10;

/** Looks at the data twice: as they are, and in the shape of the model. */
export async function lookAtData(flags: SettledFlags, tools: ReportTools): Promise<SeenData> {
  const { model, terminal, signal } = tools;
  const images = await imagesFor(model, flags, terminal, signal);
  try {
    const seen = await (isEvaluationData(flags.data) ? namedData(flags.data, images) : ownData(flags, tools));
    return { ...seen, images };
  } catch (error) {
    images.dispose();
    throw error;
  }
}

async function ownData(
  flags: SettledFlags,
  { model, terminal, signal }: ReportTools,
): Promise<Omit<SeenData, 'images'>> {
  const reading = readLike(model.card, ownDataOf(flags));
  const catalog = await openCatalog(flags.data, reading);
  const bar = progressBar(terminal, 'Inspecting');
  const found = await inspectCatalog(catalog, { ...reading, onProgress: bar.update, signal }).finally(
    bar.stop,
  );
  const { test, heldOut, ways, shots } = cutFound(catalog, found);
  const rule = reading.fit;
  return {
    found,
    drawings: isInkFit(rule),
    notes: [
      heldOut
        ? `Episodes ask for ${count(test.length)} of them that are held out, always the same ones.`
        : `Episodes ask for the ${count(test.length)} of the test split.`,
      ...chanceLines(found),
      `The encoder sees images as ${formatShape(model.imageShape)}${rule === undefined ? '' : `, ${fitTexts[rule]}`}.`,
      ...(flags.skipBad && found.bad.length > 0 ? ['Images that cannot be read were passed over.'] : []),
    ],
    ways,
    shots,
  };
}

async function namedData(
  data: EvaluationData,
  { source: test }: LookedAt,
): Promise<Omit<SeenData, 'images'>> {
  const { train } = await loadBuiltInSet(data);
  const own = test.classes.map((_, index) => ({
    train: indicesOf(train, index),
    test: indicesOf(test, index),
  }));
  const [height, width, channels] = test.shape;
  const images = train.labels.length + test.labels.length;
  return {
    found: {
      ...{ ...noFindings, images, duplicates: [] },
      classes: own.map((indices, i) => ({
        label: String(test.classes[i]),
        images: { train: indices.train.length, test: indices.test.length },
      })),
      sides: [Math.min(height, width), Math.max(height, width)],
      coloured: channels === 3 ? images : 0,
      samples: own.map((indices): LabeledImage[] => [
        ...imagesOf(test.images(indices.test.slice(0, SAMPLES))),
      ]),
    },
    drawings: false,
    notes: ['Episodes learn from train images and ask for test images.'],
    ways: defaultSettings.ways,
    shots: defaultSettings.shots,
  };
}

/** A small evaluation for a report without one: the arms of `fewshot eval`, by a KNN alone, which takes seconds. */
export async function ownEvaluation(
  flags: SettledFlags,
  { ways, shots }: SeenData,
  { model: encoder, backend, terminal, signal }: ReportTools,
): Promise<EvaluationResult> {
  const { data, model, protocol, episodes, detail, seed, workers } = flags;
  terminal.note('Evaluating by a KNN alone; fewshot eval --out and --evaluation show more.');
  const { arms, notes } = armsFor(defaultArms, encoder);
  notes.forEach(terminal.note);
  const bar = laterBar(terminal, EVALUATING);
  try {
    const settings: EvaluationSettings = {
      ...defaultSettings,
      ...{ data, model, protocol, episodes, seed, backend },
      ...ownDataOf(flags),
      ...(detail === undefined ? {} : { detail }),
      ways: flags.ways ?? ways,
      shots: flags.shots ?? shots,
      arms,
      classifiers: ['knn'],
    };
    return await evaluate(settings, {
      command: evalText(settings),
      ...(workers === undefined ? {} : { workers }),
      signal,
      onProgress: bar.update,
    });
  } finally {
    bar.stop();
  }
}

/** Images of a row, real ones included; rows; and rows of a class. */
const [STEPS, MOST_ROWS, ROWS_OF_CLASS] = [7, 20, 2];

/**
 * The rows of a report: two pairs of each class, or one of as many classes as there is room for. They have the `detail` of
 * the images that were judged.
 */
export function reportHallucinations(
  flags: SettledFlags,
  { images: { source } }: SeenData,
  detail: number,
  { model, backend }: ReportTools,
): ReportParts['hallucinations'] {
  const sizes = sizesOf(source);
  const usable = sizes.filter((size) => size >= 2).length;
  if (usable === 0) return { missing: 'no class has two images.' };
  const count = usable * ROWS_OF_CLASS <= MOST_ROWS ? usable * ROWS_OF_CLASS : Math.min(usable, MOST_ROWS);
  const { data, seed } = flags;
  const [path] = interpolationPathsIn(model.latentSpace);
  const pairs = imagePairs(source, choosePairs(source, { count, within: 'class', seed }));
  const omegas = evenOmegas(STEPS).slice(1, -1);
  const made = interpolate(model, pairs, { path: path!, omegas, detail });
  const rows = pairs.map(([from, to], i) => ({ label: from.label, from, made: made[i]!, to }));
  const classOf = ({ label }: (typeof rows)[number]) => source.classes.indexOf(label);
  return {
    ...{ path: path!, omegas, detail },
    rows: rows.sort((a, b) => classOf(a) - classOf(b)),
    command: commandText(interpolateTable, {
      ...{ model: flags.model, data, pairs: count, within: 'class', paths: [path!], steps: STEPS },
      ...ownDataOf(flags),
      ...{ detail: detail === 0 ? undefined : detail, seed, backend, out: 'rows.png' },
    }),
    leftOut: source.classes.length - new Set(rows.map(({ label }) => label)).size,
  };
}

/** Images in the map: more take long, and hide each other. */
const MOST_IMAGES = 1000;
/** Classes that colors tell apart. */
const MOST_CLASSES = 10;
const PERPLEXITY = 30;

/** Codes that a map shows, and the names in its titles. */
export interface MappedCodes {
  readonly source: SourceOfCodes;
  readonly title: string;
  readonly encoder: string;
}

/** Codes of the data by the model. */
export const mapped = ({ images: { source, title } }: SeenData, model: Model): MappedCodes => ({
  ...{ source: codesBy(model, source), title, encoder: model.card.name },
});

/** The map of a report: codes by t-SNE. Where there are too few images, it says so. */
export async function reportMap(
  flags: SettledFlags,
  { source: all, title, encoder }: MappedCodes,
  { backend, terminal, signal }: Omit<ReportTools, 'model'>,
): Promise<ReportParts['map']> {
  const source = firstClasses(all);
  const leftOut = all.classes.length - source.classes.length;
  const sizes = sizesOf(source);
  const count = Math.min(MOST_IMAGES, Math.min(...sizes) * source.classes.length);
  const settings = {
    ...{ method: 'tsne' as const, dimensions: 2 as const, count, seed: flags.seed },
    perplexity: Math.max(1, Math.min(PERPLEXITY, Math.floor((count - 1) / 3))),
  };
  const bar = laterBar(terminal, EMBEDDING);
  try {
    const embedded = await embedCodes(source, { ...settings, signal, onProgress: bar.update });
    const { points, labels, trustworthiness } = embedded;
    const method = methods[settings.method];
    return {
      ...{ method, trustworthiness, leftOut },
      figure: {
        title: `${method} of codes: ${title}`,
        panels: [
          {
            title: encoder,
            note: `trustworthiness ${trustworthiness.toFixed(3)}`,
            points: Array.from(labels, (_, i) => [points[2 * i]!, points[2 * i + 1]!]),
            labels: [...labels],
          },
        ],
        classes: source.classes.map(String),
        colors: 'categorical',
      },
      ...(leftOut > 0 ? {} : { command: embedText({ ...flags, ...settings }, embedded, backend) }),
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { missing: `${error.message}.` };
  } finally {
    bar.stop();
  }
}

/** The first classes, as many as can be drawn. Their labels stay. */
function firstClasses(source: SourceOfCodes): SourceOfCodes {
  if (source.classes.length <= MOST_CLASSES) return source;
  const own = Int32Array.from([...source.labels.keys()].filter((i) => source.labels[i]! < MOST_CLASSES));
  return {
    ...source,
    classes: source.classes.slice(0, MOST_CLASSES),
    labels: own.map((index) => source.labels[index]!),
    codes: (indices) => source.codes(indices.map((i) => own[i]!)),
  };
}
