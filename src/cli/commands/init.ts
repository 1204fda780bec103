import { access, readdir } from 'node:fs/promises';
import { stderr, stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { Background } from '../../core/background.js';
import { FewshotError, UsageError } from '../../core/errors.js';
import type { Pixels } from '../../data/decode/pixels.js';
import type { Fit } from '../../data/resize.js';
import { defaultSettings } from '../../evaluate/settings.js';
import { assertNew, atomicWrite } from '../../node/files.js';
import type { Catalog } from '../../node/images/catalog.js';
import { areDrawings, arePhotographs } from '../../node/images/encoderFits.js';
import { reasons } from '../../node/images/folderClasses.js';
import { type Inspection, inspectCatalog } from '../../node/images/inspectCatalog.js';
import { nameOfData } from '../../node/images/loadImages.js';
import { openCatalog } from '../../node/images/openCatalog.js';
import type { OwnDataOptions } from '../../node/images/ownData.js';
import { type Survey, survey } from '../../node/images/survey.js';
import { MODEL_ENDING } from '../../node/loadModel.js';
import { defineCommand } from '../command.js';
import { CONFIG_FILE, CONFIG_SCHEMA, type Config, parseConfig } from '../config.js';
import { cutFound, inspectionText } from '../images.js';
import { common, ownData, ownDataOf, ownDataOptions } from '../options/common.js';
import { given } from '../options/kinds.js';
import type { Options } from '../options/option.js';
import { PHOTOS } from '../photos.js';
import { type ChosenBackground, chooseBackground, countSurroundings } from '../produce/chosenBackground.js';
import { chooseShape, chooseTraining } from '../produce/chosenDefaults.js';
import { DRAWINGS } from '../produce/chosenEncoder.js';
import { isDatasetName } from '../produce/dataset.js';
import { count } from '../report/figures.js';
import { progressBar, type Terminal } from '../terminal.js';

/** A config for somebody's images, notes on it, and the commands that go on. */
export interface Proposal {
  readonly config: Config;
  readonly lines: readonly string[];
  readonly next: readonly string[];
}

/** Below this number of photos, so many episodes tell as much as more would. */
const [FEW_PHOTOS, EPISODES_OF_FEW] = [100, 50];
/** What is compared on drawings: images and codes, without and with what is made. */
const ARMS_FOR_DRAWINGS = ['none', 'geometric', 'restyle+geometric', 'geometric+symbols+labels', 'codes'];
/** Least length in pixels of the shorter side of a photograph. */
const LEAST_SIDE = 48;

/** Says why images are photographs; undefined where they are none: drawings, or small. */
async function photographs(catalog: Catalog, { shortSides }: Survey): Promise<string | undefined> {
  const median = shortSides[Math.floor((shortSides.length - 1) / 2)]!;
  if (median < LEAST_SIDE || !(await arePhotographs(catalog))) return undefined;
  return `these look like photographs: most are in color or have many tones, and half have ${count(median)} pixels or more on the shorter side`;
}

function fitText(fit: Fit, background: Background): string {
  if (fit === 'crop') return 'the middle part';
  return background === 'edge'
    ? 'whole, with their edges repeated as bars'
    : `whole between ${background} bars`;
}

/** Images of one's own, and how they are found and read. */
interface SeenImages {
  readonly catalog: Catalog;
  readonly found: Inspection;
  /** Options that were asked for, and `nested` where that finds more. */
  readonly reading: OwnDataOptions;
  readonly chosen: ChosenBackground;
}

/** What was asked for, and what was not. */
interface Asked {
  readonly asked: OwnDataOptions;
  /** True if an encoder is to be trained, even for photographs. */
  readonly trains: boolean;
  readonly signal: AbortSignal;
}

/**
 * A config for inspected images: for photographs the model of their features, and for drawings the encoder of characters, which need no training; else the choices that `train`
 * makes by itself, and as many shots as each class has.
 *
 * @throws DataError when there are too few images to learn from
 */
async function proposalFor(seen: SeenImages, { asked, trains, signal }: Asked): Promise<Proposal> {
  const { catalog, found, reading, chosen } = seen;
  const { root } = catalog;
  const cut = cutFound(catalog, found);
  const surveyed = await survey(catalog, { skipBad: true, signal });
  const why = trains ? undefined : await photographs(catalog, surveyed);
  const shared = {
    ...reading,
    ...(asked.background === undefined && chosen.background === 'black'
      ? {}
      : { background: chosen.background }),
    ...(found.bad.length > 0 ? { skipBad: true } : {}),
  };
  const data = isDatasetName(root) ? `./${root}` : root;
  const usual = { seed: defaultSettings.seed, backend: 'auto' as const };
  const read = [
    ...(reading.nested && asked.nested === undefined
      ? ['read the pictures in folders within a class, too (nested)']
      : []),
    ...(asked.background === undefined
      ? [`take ${chosen.background} as background, as ${chosen.why} (background)`]
      : []),
    ...(found.bad.length > 0
      ? [`pass over the ${count(found.bad.length)} that cannot be read (skipBad)`]
      : []),
  ];
  if (why !== undefined) {
    const few = found.images < FEW_PHOTOS;
    return {
      config: {
        ...{ schema: CONFIG_SCHEMA, data, ...shared, model: PHOTOS, ...usual },
        ...(few ? { eval: { episodes: EPISODES_OF_FEW } } : {}),
      },
      lines: [
        ...read,
        `take features by the shipped model ${PHOTOS}, without training, as ${why} (model; --train learns an encoder from them instead)`,
        cut.heldOut
          ? `ask for each of the ${count(cut.train.length + cut.test.length)} photos while it is not learned from`
          : `judge on ${count(cut.test.length)} images of the test set`,
        ...(few
          ? [
              `average over ${EPISODES_OF_FEW} episodes, as so few photos give few that differ (eval.episodes)`,
            ]
          : []),
      ],
      next: NEXT_FOR_PHOTOS,
    };
  }
  const { train: learned, test, heldOut, shots } = cut;
  if (!trains && (await areDrawings(catalog))) {
    return {
      config: {
        ...{ schema: CONFIG_SCHEMA, data, ...shared, model: DRAWINGS, ...usual },
        augment: { perClass: PER_CLASS, path: 'restyle' },
        eval: { protocol: 'novel', shots, arms: ARMS_FOR_DRAWINGS, trust: 1 },
      },
      lines: [
        ...read,
        `take codes by the shipped model ${DRAWINGS}, without training, as these look like drawings: most have one ink on one ground (model; --train learns an encoder from them instead)`,
        `judge on ${count(test.length)} images${heldOut ? ' that are held out of them' : ' of the test set'}`,
        `draw ${PER_CLASS} images per class as other hands would (augment.perClass, augment.path)`,
        `evaluate with ${shots} labeled ${shots === 1 ? 'image' : 'images'} per class, and codes beside images (eval.shots, eval.arms)`,
      ],
      next: NEXT_FOR_DRAWINGS,
    };
  }
  const shape = chooseShape(surveyed);
  const { epochs, batchSize, learningRate } = chooseTraining(shape, learned.length);
  const out = `${nameOfData(root) || 'own'}${MODEL_ENDING}`;
  const fit = 'letterbox';
  // A small decoder draws colors and outlines of a photo alone. Of strokes that move, detail would leave ghosts.
  const kept = shape.channels === 3 ? { detail: 1 } : {};
  const config: Config = {
    ...{ schema: CONFIG_SCHEMA, data, fit, ...shared, model: `./${out}`, ...usual },
    train: { out, ...shape, epochs, batchSize, learningRate },
    augment: { perClass: PER_CLASS, path: 'slerp', ...kept },
    eval: { shots, ...kept },
  };
  const { size, channels } = shape;
  const lines = [
    ...read,
    `bring images to ${size}×${size} pixels, ${channels === 3 ? 'in color' : 'gray'}, ${fitText(fit, chosen.background)} (train.size, train.channels, fit)`,
    `learn from ${count(learned.length)} images, ${epochs} times each, ${batchSize} at a time (train.epochs, train.batchSize)`,
    `judge on ${count(test.length)} images${heldOut ? ' that are held out of them' : ' of the test set'}`,
    `write the encoder to ${out} (train.out, model)`,
    `make ${PER_CLASS} images per class along slerp (augment.perClass, augment.path)`,
    ...(kept.detail === undefined
      ? []
      : [`lay the detail of the nearer parent over them (augment.detail, eval.detail)`]),
    `evaluate with ${shots} labeled ${shots === 1 ? 'image' : 'images'} per class (eval.shots)`,
  ];
  return { config, lines, next: NEXT };
}

/** Questions to a person. Enter takes the answer that is offered. */
export interface Questions {
  ask(text: string, offered: string): Promise<string>;
  /** Offers yes. */
  agree(text: string): Promise<boolean>;
}

/**
 * Questions on `output`, with answers from `input`, a line each.
 *
 * @param signal ends a question that waits for its answer
 */
export function questionsOn(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  signal: AbortSignal,
): Questions {
  const ask = async (text: string, offered: string): Promise<string> => {
    const lines = createInterface({ input, output });
    const ended = new AbortController();
    lines.on('close', () => ended.abort());
    // On a terminal, lines are read key by key, Ctrl-C among them.
    lines.on('SIGINT', () => process.emit('SIGINT'));
    try {
      const answer = await lines.question(`${text} (${offered}) `, {
        signal: AbortSignal.any([signal, ended.signal]),
      });
      return answer.trim() || offered;
    } catch (cause) {
      signal.throwIfAborted();
      throw new UsageError('a question was not answered', {
        hint: 'Nothing was written. With --yes nothing is asked.',
        cause,
      });
    } finally {
      lines.close();
    }
  };
  const agree = async (text: string): Promise<boolean> => {
    for (;;) {
      const answer = (await ask(text, 'yes')).toLowerCase();
      if (['y', 'yes'].includes(answer)) return true;
      if (['n', 'no'].includes(answer)) return false;
      output.write('Please answer yes or no.\n');
    }
  };
  return { ask, agree };
}

/** Options of `firstRun`. */
export interface FirstRun {
  /** A folder, or anything else that `--data` takes. Default: it is asked for. */
  readonly data?: string;
  /** Ways to find and read them. Default: chosen by what they are. */
  readonly own?: OwnDataOptions;
  /** Propose to train an encoder, even for photographs. Default: false. */
  readonly trains?: boolean;
  readonly force: boolean;
  /** Absent if nothing is to be asked. */
  readonly questions?: Questions;
  readonly terminal: Terminal;
  /** Writes text to stdout. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Schema that editors complete and explain the config by, if this package is installed beside it. */
const JSON_SCHEMA = './node_modules/fewshot-atnl/dist/fewshot.config.schema.json';

/** Files of one fault that are named; fewshot inspect names all. */
const MOST_ALIKE = 3;

const NEXT = [
  'fewshot train',
  'fewshot augment --out more',
  'fewshot eval --out evaluation.json',
  'fewshot report --evaluation evaluation.json',
];
const NEXT_FOR_PHOTOS = NEXT.slice(2);
const NEXT_FOR_DRAWINGS = NEXT.slice(1);
/** Most folders that are tried for a first guess. */
const MOST_GUESSES = 50;

/** Inspects somebody's images, and writes a config for them into the current folder unless they say no. */
export async function firstRun(options: FirstRun): Promise<void> {
  const { own: asked = {}, trains = false, force, questions, terminal, say, signal } = options;
  await assertNew(CONFIG_FILE, force, 'Change it in an editor, or replace it with --force.');
  const seen = await lookAt(await openData(options), options);
  const { config, lines, next } = await proposalFor(seen, { asked, trains, signal });
  const $schema = await access(JSON_SCHEMA).then(
    () => JSON_SCHEMA,
    () => undefined,
  );
  const text = `${JSON.stringify({ $schema, ...config }, null, 2)}\n`;
  // A path with control characters is refused now rather than by the next command.
  parseConfig(new TextEncoder().encode(text), CONFIG_FILE);
  say(
    `${inspectionText(seen.catalog.root, seen.found, MOST_ALIKE)}\nSo commands would\n${lines.map((line) => `  ${line}\n`).join('')}`,
  );
  if (questions !== undefined && !(await questions.agree(`\nWrite this to ${CONFIG_FILE}?`))) {
    terminal.note('Nothing was written.');
    return;
  }
  signal.throwIfAborted();
  await atomicWrite(CONFIG_FILE, text);
  say(`\n${CONFIG_FILE}\n\nNext:\n${next.map((command) => `  ${command}\n`).join('')}`);
}

/** Data that were opened, and the options that they were opened by. */
type Opened = Pick<SeenImages, 'catalog' | 'reading'>;

/** Opens data, with the pictures in folders within a class unless they are not wanted. */
async function openAll(data: string, asked: OwnDataOptions): Promise<Opened> {
  const { background: _, ...reading } = asked;
  const plain = async () => ({ catalog: await openCatalog(data, reading), reading });
  const all = { ...reading, nested: true };
  const nested = async () => ({ catalog: await openCatalog(data, all), reading: all });
  if (asked.nested !== undefined) return plain();
  let opened: Opened;
  try {
    opened = await plain();
  } catch (error) {
    if (error instanceof FewshotError && error.options.includes('nested')) return nested();
    throw error;
  }
  const isNested = opened.catalog.passedOver.some(({ reason }) => reason === reasons.nested);
  // A link within, say, is refused only where such folders are read; then they stay listed.
  return isNested ? nested().catch(() => opened) : opened;
}

/** Inspects images, and chooses a background by what they are. */
async function lookAt(opened: Opened, { own = {}, terminal, signal }: FirstRun): Promise<SeenImages> {
  const inspected = async (background: Background, onPicture?: (picture: Pixels) => void) => {
    const bar = progressBar(terminal, 'Reading');
    const options = { background, onProgress: bar.update, signal };
    const all = onPicture === undefined ? options : { ...options, onPicture };
    return inspectCatalog(opened.catalog, all).finally(bar.stop);
  };
  const surroundings = countSurroundings();
  const { background: asked } = own;
  const found = await inspected(asked ?? 'black', surroundings.add);
  const chosen =
    asked === undefined ? chooseBackground(surroundings.counts()) : { background: asked, why: 'asked for' };
  const { dark, light } = surroundings.counts().clear;
  // What is behind transparency decides what is dark, plain or alike.
  const again = asked === undefined && chosen.background !== 'black' && dark + light > 0;
  return { ...opened, chosen, found: again ? await inspected(chosen.background) : found };
}

async function openData({ data, own = {}, questions, terminal }: FirstRun): Promise<Opened> {
  if (data !== undefined) return openAll(data, own);
  if (questions === undefined) {
    throw new UsageError('the folder of your images must be named if nothing is asked', {
      hint: 'For example: fewshot init photos.',
    });
  }
  const offered = await guess();
  for (;;) {
    const answer = await questions.ask('Where are your images? A folder with one folder a class', offered);
    try {
      return await openAll(answer, own);
    } catch (error) {
      if (!(error instanceof FewshotError)) throw error;
      terminal.note(`${error.message}. ${error.hint ?? ''}`.trimEnd());
    }
  }
}

/** The first folder here that holds images by class. */
async function guess(): Promise<string> {
  const entries = await readdir('.', { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name));
  for (const name of folders
    .map((entry) => entry.name)
    .sort()
    .slice(0, MOST_GUESSES)) {
    const opened = await openAll(name, {}).catch(() => undefined);
    if (opened !== undefined && opened.catalog.images.length > 0) return name;
  }
  return 'photos';
}

const { fit: _, skipBad: __, ...listedOptions } = ownDataOptions;

const options = {
  ...listedOptions,
  train: { kind: given, help: 'propose to train an encoder, even for photographs' },
  yes: { kind: given, help: 'ask nothing' },
  force: { ...common.force, help: 'replace a config that is there' },
} satisfies Options;

/** `fewshot init`: a look at somebody's images, and settings for every command that follows. */
export const command = defineCommand({
  table: { name: 'init', options, recorded: [], always: [] },
  argument: { usage: '[data]', help: `${ownData} (default: it is asked for)` },
  run({ yes, force, train, ...own }, { signal, terminal, argument: data }) {
    const asks = yes !== true && stdin.isTTY && stderr.isTTY;
    return firstRun({
      ...(data === undefined ? {} : { data }),
      ...(asks ? { questions: questionsOn(stdin, stderr, signal) } : {}),
      own: ownDataOf(own),
      trains: train === true,
      force: force === true,
      terminal,
      say: (text) => stdout.write(text),
      signal,
    });
  },
});

const PER_CLASS = 100;
