import { access, readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { FewshotError, UsageError } from '../core/errors.js';
import type { Fit } from '../data/resize.js';
import { defaultSettings } from '../evaluate/settings.js';
import { assertNew, atomicWrite } from '../node/files.js';
import type { Catalog } from '../node/images/catalog.js';
import { type Inspection, inspectCatalog } from '../node/images/inspectCatalog.js';
import { nameOfData } from '../node/images/loadImages.js';
import { openCatalog } from '../node/images/openCatalog.js';
import { survey } from '../node/images/survey.js';
import { MODEL_ENDING } from '../node/loadModel.js';
import { CONFIG_FILE, CONFIG_SCHEMA, type Config, parseConfig } from './config.js';
import { cutFound, inspectionText } from './dataText.js';
import { chooseShape, chooseTraining } from './produce/chosenDefaults.js';
import { isDatasetName } from './produce/dataset.js';
import { count } from './report/figures.js';
import { progressBar, type Terminal } from './terminal.js';

const PER_CLASS = 100;

/** A config for somebody's images, and what there is to be said of it. */
export interface Proposal {
  readonly config: Config;
  readonly lines: readonly string[];
}

const fitTexts: Readonly<Record<Fit, string>> = {
  letterbox: 'whole between black bars',
  crop: 'the middle part',
};

/**
 * What commands would do with images that were looked at: as `train` chooses by itself, and as many shots as each class has.
 *
 * @throws DataError when there are too few images to learn from
 */
export async function proposalFor(
  catalog: Catalog,
  found: Inspection,
  signal?: AbortSignal,
): Promise<Proposal> {
  const { root } = catalog;
  const { train: learnt, test, heldOut, shots } = cutFound(catalog, found);
  const shape = chooseShape(await survey(catalog, { skipBad: true, ...(signal && { signal }) }));
  const { epochs, batchSize, learningRate } = chooseTraining(shape, learnt.length);
  const out = `${nameOfData(root) || 'own'}${MODEL_ENDING}`;
  const fit = 'letterbox';
  // A small decoder draws no more of a photo than colours and outlines; of strokes that move, detail leaves ghosts.
  const kept = shape.channels === 3 ? { detail: 1 } : {};
  const config: Config = {
    schema: CONFIG_SCHEMA,
    data: isDatasetName(root) ? `./${root}` : root,
    fit,
    ...(found.bad.length > 0 ? { skipBad: true } : {}),
    model: `./${out}`,
    seed: defaultSettings.seed,
    backend: 'auto',
    train: { out, ...shape, epochs, batchSize, learningRate },
    augment: { perClass: PER_CLASS, path: 'slerp', ...kept },
    eval: { shots, ...kept },
  };
  const { size, channels } = shape;
  const lines = [
    ...(found.bad.length > 0
      ? [`pass over the ${count(found.bad.length)} that cannot be read (skipBad)`]
      : []),
    `bring images to ${size}×${size} pixels, ${channels === 3 ? 'in colour' : 'gray'}, ${fitTexts[fit]} (train.size, train.channels, fit)`,
    `learn from ${count(learnt.length)} images, ${epochs} times each, ${batchSize} at a time (train.epochs, train.batchSize)`,
    `judge on ${count(test.length)} images${heldOut ? ' that are held out of them' : ' of the test set'}`,
    `write the encoder to ${out} (train.out, model)`,
    `make ${PER_CLASS} images per class along slerp (augment.perClass, augment.path)`,
    ...(kept.detail === undefined
      ? []
      : [`lay the detail of the nearer parent over them (augment.detail, eval.detail)`]),
    `evaluate with ${shots} labelled ${shots === 1 ? 'image' : 'images'} per class (eval.shots)`,
  ];
  return { config, lines };
}

/** Asks a person, who may take what is offered by pressing Enter. */
export interface Questions {
  ask(text: string, offered: string): Promise<string>;
  /** Yes is offered. */
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
    // On a terminal the lines are read key by key, Ctrl-C among them.
    lines.on('SIGINT', () => process.emit('SIGINT'));
    try {
      const answer = await lines.question(`${text} (${offered}) `, {
        signal: AbortSignal.any([signal, ended.signal]),
      });
      return answer.trim() || offered;
    } catch (cause) {
      signal.throwIfAborted();
      throw new UsageError('a question was left without an answer', {
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

export interface FirstRun {
  /** The folder, or whatever else `--data` takes. */
  readonly data?: string;
  readonly force: boolean;
  /** Absent where nobody is to be asked. */
  readonly questions?: Questions;
  readonly terminal: Terminal;
  /** Takes what is worth keeping, as stdout does. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What an editor completes and explains the config by, where this package is installed beside it. */
const JSON_SCHEMA = './node_modules/fewshot-atnl/dist/fewshot.config.schema.json';

const NEXT = [
  'fewshot train',
  'fewshot augment --out more',
  'fewshot eval --out evaluation.json',
  'fewshot report --evaluation evaluation.json',
];
/** Folders that are tried for a first guess. */
const MOST_GUESSES = 50;

/** Looks at somebody's images, and writes the config for them into the current folder unless they say no. */
export async function firstRun(options: FirstRun): Promise<void> {
  const { force, questions, terminal, say, signal } = options;
  await assertNew(CONFIG_FILE, force, 'Change it in an editor, or replace it with --force.');
  const catalog = await openData(options);
  const bar = progressBar(terminal, 'Reading');
  const found = await inspectCatalog(catalog, { onProgress: bar.update, signal }).finally(bar.stop);
  const { config, lines } = await proposalFor(catalog, found, signal);
  const $schema = await access(JSON_SCHEMA).then(
    () => JSON_SCHEMA,
    () => undefined,
  );
  const text = `${JSON.stringify({ $schema, ...config }, null, 2)}\n`;
  // A path of strange characters is refused now rather than by the next command.
  parseConfig(new TextEncoder().encode(text), CONFIG_FILE);
  say(
    `${inspectionText(catalog.root, found)}\nSo commands would\n${lines.map((line) => `  ${line}\n`).join('')}`,
  );
  if (questions !== undefined && !(await questions.agree(`\nWrite this to ${CONFIG_FILE}?`))) {
    terminal.note('Nothing was written.');
    return;
  }
  signal.throwIfAborted();
  await atomicWrite(CONFIG_FILE, text);
  say(`\n${CONFIG_FILE}\n\nNext:\n${NEXT.map((command) => `  ${command}\n`).join('')}`);
}

async function openData({ data, questions, terminal }: FirstRun): Promise<Catalog> {
  if (data !== undefined) return openCatalog(data);
  if (questions === undefined) {
    throw new UsageError('the folder of your images must be named where nothing is asked', {
      hint: 'For example: fewshot init photos.',
    });
  }
  const offered = await guess();
  for (;;) {
    const answer = await questions.ask('Where are your images? A folder with one folder a class', offered);
    try {
      return await openCatalog(answer);
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
    const catalog = await openCatalog(name).catch(() => undefined);
    if (catalog !== undefined && catalog.images.length > 0) return name;
  }
  return 'photos';
}
