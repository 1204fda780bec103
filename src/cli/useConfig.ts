import { homedir } from 'node:os';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { env, platform } from 'node:process';
import type { Command } from 'commander';
import { UsageError } from '../core/errors.js';
import { MODEL_ENDING } from '../node/loadModel.js';
import { CONFIG_FILE, type Config, configParts, readConfig } from './config.js';
import { isDatasetName } from './produce/dataset.js';
import { createTerminal } from './terminal.js';

/** Keys that a flag of the command line makes meaningless. */
const setAside: Readonly<Record<string, readonly string[]>> = {
  'train --from': ['train.size', 'train.channels', 'train.filters', 'train.latent'],
  'report --evaluation': [
    'eval.protocol',
    'eval.ways',
    'eval.shots',
    'eval.episodes',
    'eval.detail',
    'eval.workers',
  ],
};

/** Commands that take the part of another one. */
const borrowers: Readonly<Record<string, string>> = { report: 'eval' };

/**
 * Gives a command what its config says wherever the command line says nothing, and tells of it.
 *
 * @throws UsageError when the config that is named is not there, or a config cannot be used
 */
export async function useConfig(
  command: Command,
  named: string | boolean | undefined,
  reads = true,
): Promise<void> {
  if (!reads) {
    if (typeof named !== 'string') return;
    throw new UsageError(`fewshot ${command.name()} reads no config`, { hint: 'Take --config away.' });
  }
  // Files are made again by what their manifest says, not by what the folder says today.
  if (named === false || command.getOptionValue('replay') !== undefined) return;
  const file = typeof named === 'string' ? named : CONFIG_FILE;
  const config = await readConfig(file);
  if (config === undefined) {
    if (typeof named !== 'string') return;
    throw new UsageError(`there is no config ${file}`, { hint: 'fewshot init writes one.' });
  }
  const taken: string[] = [];
  for (const [key, value] of settingsOf(placed(config, dirname(file)), command)) {
    const option = key.split('.').at(-1)!;
    if (!isOpen(command, option, value)) continue;
    command.setOptionValueWithSource(option, value, 'config');
    taken.push(key);
  }
  const what = taken.length === 0 ? 'nothing that this command asks for' : taken.join(', ');
  createTerminal(command.getOptionValue('quiet') === true).note(`Read ${file}: ${what}.`);
}

/** What a config says to a command, key by key. */
function settingsOf({ $schema: _, schema: __, ...config }: Config, command: Command): [string, unknown][] {
  const name = command.name();
  const shared = Object.entries(config).filter(([key]) => !Object.hasOwn(configParts, key));
  const given = (option: string) => command.getOptionValueSource(option) === 'cli';
  const data = command.getOptionValue('data');
  if (given('data') && isDatasetName(data) && data !== config.data) {
    // The rest was chosen for other images.
    return shared.filter(([key]) => key === 'seed' || key === 'backend');
  }
  const part = borrowers[name] ?? name;
  const settings = Object.hasOwn(configParts, part) ? config[part as keyof typeof configParts] : undefined;
  const own = Object.entries(settings ?? {}).map(([key, value]): [string, unknown] => [
    `${part}.${key}`,
    value,
  ]);
  const aside = ['from', 'evaluation'].flatMap((flag) =>
    given(flag) ? (setAside[`${name} --${flag}`] ?? []) : [],
  );
  return [...shared, ...own].filter(([key]) => !aside.includes(key));
}

/** Whether a command has the option, and neither the command line nor the environment says it. */
function isOpen(command: Command, name: string, value: unknown): boolean {
  const options = command.options.filter((option) => option.attributeName() === name);
  if (options.length === 0) return false;
  if (name === 'backend' && process.env.FEWSHOT_BACKEND) return false;
  // A flag that cannot be denied is off as long as nobody gives it.
  if (value === false && !options.some(({ negate }) => negate)) return false;
  return ['default', undefined].includes(command.getOptionValueSource(name));
}

/** The config with its paths, which are relative to its folder, as seen from the current one. */
function placed(config: Config, folder: string): Config {
  const from = (path: string) => (isAbsolute(path) || folder === '.' ? path : join(folder, path));
  const isPath = (model: string) =>
    model.includes('/') || model.includes(sep) || model.endsWith(MODEL_ENDING);
  const model = (name: string) => (isPath(name) ? from(name) : name);
  const { train } = config;
  return {
    ...config,
    ...(config.data === undefined || isDatasetName(config.data) ? {} : { data: from(config.data) }),
    ...(config.model === undefined ? {} : { model: model(config.model) }),
    ...(train === undefined
      ? {}
      : {
          train: {
            ...train,
            ...(train.from === undefined ? {} : { from: model(train.from) }),
            ...(train.out === undefined ? {} : { out: from(train.out) }),
          },
        }),
  };
}

/** Names the folder for unpacked images to this process and its threads; none under `--no-cache`. */
export function useCache(wanted: boolean): void {
  env.FEWSHOT_CACHE = wanted ? (env.FEWSHOT_CACHE ?? join(systemCache(), 'fewshot-atnl')) : '';
}

/** Where the system wants such files. */
function systemCache(): string {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return join(homedir(), platform === 'darwin' ? 'Library/Caches' : '.cache');
}
