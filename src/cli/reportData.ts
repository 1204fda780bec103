import { formatShape, imagesOf, type LabeledImage } from '../core/image.js';
import type { ImageSource } from '../data/imageSource.js';
import { defaultArms } from '../evaluate/arms/arms.js';
import { type EvaluationData, evaluationDataNames, isEvaluationData } from '../evaluate/data.js';
import { evaluate } from '../evaluate/evaluate.js';
import {
  choosePairs,
  evenOmegas,
  imagePairs,
  interpolate,
  interpolationPathsIn,
} from '../evaluate/interpolation/latentInterpolation.js';
import { protocolNames } from '../evaluate/protocols.js';
import type { EvaluationResult } from '../evaluate/result.js';
import { defaultSettings, type EvaluationSettings } from '../evaluate/settings.js';
import type { Model } from '../models/model.js';
import { loadBuiltInSet } from '../node/builtInSets.js';
import { type Inspection, inspectCatalog } from '../node/images/inspectCatalog.js';
import { openCatalog } from '../node/images/openCatalog.js';
import type { BackendName } from '../node/selectBackend.js';
import { EVALUATING } from './commands/eval.js';
import { interpolateTable } from './commands/interpolate.js';
import { cutFound } from './dataText.js';
import { imagesFor, type LookedAt } from './imagesFor.js';
import { common, dataOr } from './options/common.js';
import { evalText } from './options/eval.js';
import { oneOf, text, whole } from './options/kinds.js';
import { commandText, type Flags, type Options, type Table } from './options/option.js';
import { count } from './report/figures.js';
import type { ReportParts } from './report/page/parts.js';
import { laterBar, progressBar, type Terminal } from './terminal.js';

const options = {
  data: { ...common.data, help: dataOr(evaluationDataNames), default: defaultSettings.data },
  model: { ...common.model, fallback: defaultSettings.model },
  fit: common.fit,
  skipBad: common.skipBad,
  evaluation: {
    kind: text,
    placeholder: 'file',
    help: 'result of fewshot eval --out to show',
    otherwise: 'a small one is made, by a KNN alone',
    conflicts: ['protocol', 'ways', 'shots', 'episodes', 'detail', 'workers'],
  },
  protocol: {
    kind: oneOf(protocolNames.filter((name) => name !== 'shots-only')),
    placeholder: 'name',
    help: 'of the small evaluation: what the encoder may have seen',
    default: defaultSettings.protocol,
  },
  ways: {
    kind: whole(2),
    placeholder: 'n',
    help: 'its classes of an episode',
    otherwise: '10; of your own all',
  },
  shots: {
    ...common.shots,
    help: 'its labeled images per class',
    otherwise: '5, or as many as there are',
  },
  episodes: {
    kind: whole(1),
    placeholder: 'n',
    help: 'its episodes to average over',
    default: defaultSettings.episodes,
  },
  detail: common.detail,
  workers: { ...common.workers, help: 'its threads' },
  seed: common.seed,
  out: { ...common.out, help: 'page to write', default: 'report.html' },
  force: { ...common.force, help: 'replace a page that is there' },
  backend: common.backend,
  quiet: common.quiet,
} satisfies Options;

/** Options of `fewshot report`. */
export const reportTable: Table<typeof options> = {
  name: 'report',
  options,
  recorded: [
    ...(['data', 'model', 'protocol', 'ways', 'shots', 'episodes', 'evaluation', 'detail'] as const),
    ...(['fit', 'skipBad', 'seed', 'backend'] as const),
  ],
  always: ['data', 'model', 'protocol', 'episodes', 'seed', 'backend'],
  part: 'eval',
};

export type ReportFlags = Flags<typeof options>;

/** The same once a model is settled on. */
export type SettledFlags = ReportFlags & { readonly model: string };

/** What every part of a report is made with. */
export interface ReportTools {
  readonly model: Model;
  readonly backend: BackendName;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Data as a report sees them. */
export interface SeenData {
  readonly found: Inspection;
  readonly images: LookedAt;
  /** See `ReportParts`. */
  readonly notes: readonly string[];
  /** Classes and labelled images of an episode, unless somebody says otherwise. */
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
  { data, fit, skipBad }: SettledFlags,
  { model, terminal, signal }: ReportTools,
): Promise<Omit<SeenData, 'images'>> {
  const catalog = await openCatalog(data);
  const bar = progressBar(terminal, 'Inspecting');
  const found = await inspectCatalog(catalog, { onProgress: bar.update, signal }).finally(bar.stop);
  const { test, heldOut, shots } = cutFound(catalog, found);
  const rule = fit ?? model.card.data.fit;
  const how = { letterbox: ', whole between black bars', crop: ', the middle part of each' };
  return {
    found,
    notes: [
      heldOut
        ? `Episodes ask for ${count(test.length)} of them that are held out, always the same ones.`
        : `Episodes ask for the ${count(test.length)} of the test split.`,
      `The encoder sees images as ${formatShape(model.imageShape)}${rule === undefined ? '' : how[rule]}.`,
      ...(skipBad && found.bad.length > 0 ? ['Images that cannot be read were passed over.'] : []),
    ],
    ways: found.classes.length,
    shots,
  };
}

async function namedData(
  data: EvaluationData,
  { source: test }: LookedAt,
): Promise<Omit<SeenData, 'images'>> {
  const { train } = await loadBuiltInSet(data);
  const own = test.classes.map((_, place) => ({
    train: placesOf(train, place),
    test: placesOf(test, place),
  }));
  const [height, width, channels] = test.shape;
  const images = train.labels.length + test.labels.length;
  return {
    found: {
      ...{ images, bad: [], duplicates: [], leaks: [] },
      classes: own.map((places, i) => ({
        label: String(test.classes[i]),
        images: { train: places.train.length, test: places.test.length },
      })),
      sides: [Math.min(height, width), Math.max(height, width)],
      coloured: channels === 3 ? images : 0,
      samples: own.map((places): LabeledImage[] => [...imagesOf(test.images(places.test.slice(0, SAMPLES)))]),
    },
    notes: ['Episodes learn from train images and ask for test images.'],
    ways: defaultSettings.ways,
    shots: defaultSettings.shots,
  };
}

/** How many images each class has, in the order of the classes. */
export const sizesOf = (source: ImageSource): number[] =>
  source.classes.map((_, label) => placesOf(source, label).length);

const placesOf = ({ labels }: ImageSource, label: number): number[] =>
  [...labels.keys()].filter((place) => labels[place] === label);

/** A small evaluation for a report that is given none: the arms of `fewshot eval`, by a KNN alone, which takes seconds. */
export async function ownEvaluation(
  flags: SettledFlags,
  { ways, shots }: SeenData,
  { backend, terminal, signal }: ReportTools,
): Promise<EvaluationResult> {
  const { data, model, fit, skipBad, protocol, episodes, detail, seed, workers } = flags;
  terminal.note('Evaluating by a KNN alone; fewshot eval --out and --evaluation show more.');
  const bar = laterBar(terminal, EVALUATING);
  try {
    const settings: EvaluationSettings = {
      ...defaultSettings,
      ...{ data, model, protocol, episodes, seed, backend },
      ...(fit === undefined ? {} : { fit }),
      ...(skipBad ? { skipBad } : {}),
      ...(detail === undefined ? {} : { detail }),
      ways: flags.ways ?? ways,
      shots: flags.shots ?? shots,
      arms: defaultArms,
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
 * The rows of a report: two pairs of each class, or one of as many classes as there is room for; with as much of their
 * parents' detail as the images have that were judged.
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
  const { data, fit, skipBad, seed } = flags;
  const [path] = interpolationPathsIn(model.latentSpace);
  const pairs = imagePairs(source, choosePairs(source, { count, within: 'class', seed }));
  const omegas = evenOmegas(STEPS).slice(1, -1);
  const made = interpolate(model, pairs, { path: path!, omegas, detail });
  const rows = pairs.map(([from, to], i) => ({ label: from.label, from, made: made[i]!, to }));
  const place = ({ label }: (typeof rows)[number]) => source.classes.indexOf(label);
  return {
    ...{ path: path!, omegas, detail },
    rows: rows.sort((a, b) => place(a) - place(b)),
    command: commandText(interpolateTable, {
      ...{
        model: flags.model,
        data,
        pairs: count,
        within: 'class',
        paths: [path!],
        steps: STEPS,
        fit,
        skipBad,
      },
      ...{ detail: detail === 0 ? undefined : detail, seed, backend, out: 'rows.png' },
    }),
    leftOut: source.classes.length - new Set(rows.map(({ label }) => label)).size,
  };
}
