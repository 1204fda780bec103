import { UsageError } from '../../core/errors.js';
import type { Label } from '../../core/image.js';
import { glyphCharacters } from '../../data/glyphCharacters.js';
import type { ImageSource } from '../../data/imageSource.js';
import { type Architecture, characterArchitecture, mnistArchitecture } from '../../models/architecture.js';
import { fashionMnistClasses, loadFashionMnist, loadMnist } from '../../node/builtInSets.js';
import { renderGlyphs } from '../../node/renderGlyphs.js';
import type { AtnlOptions } from '../../training/learners/atnl.js';
import { heldOutCharacters, heldOutClasses } from './characterTraining.js';

/** Names of data sets on which encoders are trained and inspected. */
export const datasetNames = [
  'mnist',
  'fashion-mnist',
  'faces-stand-in',
  'lines',
  'glyphs',
  'characters',
] as const;
export type DatasetName = (typeof datasetNames)[number];

/** True for the name of such a data set, false for a folder or file. */
export const isDatasetName = (name: string): name is DatasetName =>
  (datasetNames as readonly string[]).includes(name);

export interface Dataset {
  /** Name of a data set, or of the user's images. */
  readonly name: string;
  readonly train: ImageSource;
  readonly test: ImageSource;
  /** Test images that are nearly in the train set. Default: 0. */
  readonly leaks?: number;
}

/** Facts of a data set that are known before it is loaded. */
interface DatasetKind {
  /** Name for headings. */
  readonly title: string;
  readonly classes: readonly Label[];
  /** Meaning of the labels, for learners that use it. */
  readonly semantics: Pick<AtnlOptions, 'semantics' | 'range'>;
  /** Nets for its images. */
  readonly architecture: Architecture;
  /** Initial mean brightness of decoders, for very dark images; see `startFromMean`. */
  readonly brightness?: number;
  load(options: LoadDatasetOptions): Promise<Pick<Dataset, 'train' | 'test'>>;
}

export interface LoadDatasetOptions {
  /** Render a quarter of the people and lines, to save time. Default: all. */
  readonly small?: boolean;
  /** Folder of the fonts that draw `glyphs`. */
  readonly fonts?: string;
  /** Number of rendering threads, which does not change the images. Default: 1. */
  readonly workers?: number;
  /** Called with the number of rendered images, for rendered sets. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Numbers of people of the stand-in. Those of the test set follow those of the train set. */
const TRAIN_PEOPLE = 100;
const TEST_PEOPLE = 20;
const TRAIN_LINES = 20_000;
const TEST_LINES = 2_000;
const SMALL = 0.25;
/** Seed of the rendered sets, which are always the same. */
const RENDER_SEED = 2020;

const kinds: Readonly<Record<DatasetName, DatasetKind>> = {
  mnist: {
    title: 'MNIST',
    classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    semantics: { semantics: 'nominal' },
    architecture: mnistArchitecture,
    load: () => loadMnist(),
  },
  'fashion-mnist': {
    title: 'Fashion-MNIST',
    classes: fashionMnistClasses,
    semantics: { semantics: 'nominal' },
    architecture: mnistArchitecture,
    load: () => loadFashionMnist(),
  },
  'faces-stand-in': {
    title: 'faces (rendered stand-in for Multi-PIE)',
    // The yaws of Multi-PIE, in degrees.
    classes: Array.from({ length: 13 }, (_, i) => i * 15 - 90),
    semantics: { semantics: 'ordinal', range: 12 },
    architecture: { ...mnistArchitecture, imageShape: [48, 48, 1], filters: [32, 64, 64] },
    async load({ small, ...options }) {
      const { renderFaces } = await import('../../../paper/faces/renderFaces.js');
      const share = small ? SMALL : 1;
      const people = (from: number, count: number) =>
        Array.from({ length: count * share }, (_, i) => from + i);
      const known = people(0, TRAIN_PEOPLE);
      const faces = await renderFaces({
        identities: [...known, ...people(TRAIN_PEOPLE, TEST_PEOPLE)],
        size: 48,
        seed: RENDER_SEED,
        ...options,
      });
      return {
        train: faces.where(({ subject }) => known.includes(subject)).byYaw,
        test: faces.where(({ subject }) => !known.includes(subject)).byYaw,
      };
    },
  },
  lines: {
    title: 'rendered lines',
    classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    semantics: { semantics: 'circular', range: 10 },
    architecture: { ...mnistArchitecture, imageShape: [32, 32, 1], filters: [32, 64, 64] },
    brightness: 0.03,
    load: async ({ small }) => {
      const { renderLines } = await import('../../../paper/data/lines.js');
      const share = small ? SMALL : 1;
      return {
        train: renderLines({ count: TRAIN_LINES * share, seed: RENDER_SEED }).source,
        test: renderLines({ count: TEST_LINES * share, seed: RENDER_SEED + 1 }).source,
      };
    },
  },
  characters: {
    title: 'invented characters',
    classes: heldOutClasses,
    semantics: { semantics: 'nominal' },
    architecture: characterArchitecture,
    brightness: 0.15,
    load: async () => heldOutCharacters(RENDER_SEED),
  },
  glyphs: {
    title: 'glyphs of fonts',
    classes: glyphCharacters,
    semantics: { semantics: 'nominal' },
    architecture: mnistArchitecture,
    load: ({ fonts }) => loadGlyphs(fonts),
  },
};

/** Renders glyphs of the fonts in a folder, as images of this side. The same fonts give the same images. */
export async function loadGlyphs(
  fonts: string | undefined,
  side = 28,
): Promise<Pick<Dataset, 'train' | 'test'>> {
  if (fonts !== undefined) return renderGlyphs(fonts, { side, seed: RENDER_SEED });
  throw new UsageError('glyphs are drawn by fonts, but no fonts are named', {
    hint: 'Name a folder of .woff, .ttf or .otf files: --fonts fonts.',
  });
}

/**
 * Loads or renders the two splits of a data set. `mnist`: 60,000 and 10,000 images 28×28×1, by digit. `fashion-mnist`:
 * as many of the same shape, by kind of clothing. `faces-stand-in`: rendered heads 48×48×1 by yaw, 13 classes from −90
 * to 90 degrees, 9,100 images of 100 people and 1,820 of 20 others. `lines`: 20,000 and 2,000 images 32×32×1 by tenths of a turn.
 * `glyphs`: 24 and 4 drawings 28×28×1 of every letter and sign that three fonts have. `characters`: 24 and 8 drawings 40×40×1 of
 * 80 invented characters that no training sees.
 */
export async function loadDataset(name: DatasetName, options: LoadDatasetOptions = {}): Promise<Dataset> {
  return { name, ...(await kinds[name].load(options)) };
}

/** Facts of a data set that are known before it is loaded: classes, nets, meaning of labels. */
export function datasetDefaults(name: DatasetName): Readonly<Omit<DatasetKind, 'load'>> {
  const { load: _, ...defaults } = kinds[name];
  return defaults;
}

/** Meaning of labels of any data. Labels of the user's images have no order. */
export function labelsOf(data: string): Pick<DatasetKind, 'semantics' | 'brightness'> {
  return isDatasetName(data) ? kinds[data] : { semantics: { semantics: 'nominal' } };
}
