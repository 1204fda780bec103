import { access, readdir } from 'node:fs/promises';
import { FewshotError, UsageError } from '../core/index.js';
import { type Catalog, openCatalog } from '../data/index.js';
import { inspectCatalog } from '../data/own/inspectCatalog.js';
import { assertNew, atomicWrite } from '../files/index.js';
import { CONFIG_FILE } from './configSchema.js';
import { inspectionText } from './inspectionText.js';
import { parseConfig } from './parseConfig.js';
import { progressBar } from './progressBar.js';
import { proposalFor } from './proposal.js';
import type { Questions } from './questions.js';
import type { Terminal } from './terminal.js';

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
