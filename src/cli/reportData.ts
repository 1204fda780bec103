import type { BackendName, BackendRequest } from '../backend/index.js';
import { formatShape, imagesOf, type LabeledImage } from '../core/index.js';
import { type ImageSource, openCatalog } from '../data/index.js';
import { type Inspection, inspectCatalog } from '../data/own/inspectCatalog.js';
import { isEvaluationData, loadEvaluationData } from '../evaluate/data.js';
import { defaultSettings, type EvaluationSettings } from '../evaluate/index.js';
import type { Model } from '../models/index.js';
import { count } from '../report/figures.js';
import { cutFound } from './cutFound.js';
import { type ImagesForFlags, imagesFor, type LookedAt } from './imagesFor.js';
import { progressBar } from './progressBar.js';
import type { Terminal } from './terminal.js';

/** What `fewshot report` is told. */
export interface ReportFlags
  extends Omit<ImagesForFlags, 'model'>,
    Pick<EvaluationSettings, 'protocol' | 'episodes' | 'seed'> {
  readonly model?: string;
  readonly evaluation?: string;
  readonly ways?: number;
  readonly shots?: number;
  readonly detail?: number;
  readonly workers?: number;
  readonly out: string;
  readonly force?: true;
  readonly backend: BackendRequest;
  readonly quiet?: true;
}

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
  data: Parameters<typeof loadEvaluationData>[0],
  { source: test }: LookedAt,
): Promise<Omit<SeenData, 'images'>> {
  const { train } = await loadEvaluationData(data);
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
