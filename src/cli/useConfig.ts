import { dirname, isAbsolute, join, sep } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../core/errors.js';
import { OMNIGLOT } from '../node/builtInSets.js';
import { MODEL_ENDING } from '../node/loadModel.js';
import { CONFIG_FILE, type Config, configParts, readConfig } from './config.js';
import { attributeOf, type Option, type Table } from './options/option.js';
import { isDatasetName } from './produce/dataset.js';
import { createTerminal } from './terminal.js';

/**
 * Gives a command the settings of a config wherever the command line says nothing, and notes which.
 *
 * @param named file of the config; `false` for none, otherwise the one of the current folder
 * @throws UsageError when the config that is named is not there, or a config cannot be used
 */
export async function useConfig(
  command: Command,
  table: Table,
  named: string | boolean | undefined,
  reads = true,
): Promise<void> {
  if (!reads) {
    if (typeof named !== 'string') return;
    throw new UsageError(`fewshot ${command.name()} reads no config`, { hint: 'Leave out --config.' });
  }
  // Files are made again by their manifest, not by the config of today.
  if (named === false || command.getOptionValue('replay') !== undefined) return;
  const file = typeof named === 'string' ? named : CONFIG_FILE;
  const config = await readConfig(file);
  if (config === undefined) {
    if (typeof named !== 'string') return;
    throw new UsageError(`there is no config ${file}`, { hint: 'fewshot init writes one.' });
  }
  const taken: string[] = [];
  for (const [key, value] of settingsOf(placed(config, dirname(file)), command, table)) {
    const name = key.split('.').at(-1)!;
    const option = Object.hasOwn(table.options, name) ? table.options[name] : undefined;
    if (option === undefined || !isOpen(command, name, option, value)) continue;
    command.setOptionValueWithSource(attributeOf(name, option), value, 'config');
    taken.push(key);
  }
  const used = taken.length === 0 ? 'no option of this command' : taken.join(', ');
  createTerminal(command.getOptionValue('quiet') === true).note(`Read ${file}: ${used}.`);
}

/** True for the name of a data set, false for a path. */
const isNamed = (data: unknown) => isDatasetName(data as string) || data === OMNIGLOT;

const isGiven = (command: Command, name: string, option: Option) =>
  command.getOptionValueSource(attributeOf(name, option)) === 'cli';

/** Settings of a config for a command, key by key. */
function settingsOf(
  { $schema: _, schema: __, ...config }: Config,
  command: Command,
  { name, options, part = name }: Table,
): [string, unknown][] {
  const shared = Object.entries(config).filter(([key]) => !Object.hasOwn(configParts, key));
  const data = command.getOptionValue('data');
  if (command.getOptionValueSource('data') === 'cli' && isNamed(data) && data !== config.data) {
    // The rest was chosen for other images.
    return shared.filter(([key]) => key === 'seed' || key === 'backend');
  }
  const own = Object.hasOwn(configParts, part) ? config[part as keyof typeof configParts] : undefined;
  const replaced = Object.entries(options).flatMap(([name, option]) =>
    isGiven(command, name, option) ? [...(option.conflicts ?? []), ...(option.replaces ?? [])] : [],
  );
  const left = Object.entries(own ?? {}).filter(([key]) => !replaced.includes(key));
  return [...shared, ...left.map(([key, value]): [string, unknown] => [`${part}.${key}`, value])];
}

/** True if neither the command line nor the environment gives the option. */
function isOpen(command: Command, name: string, option: Option, value: unknown): boolean {
  if (name === 'backend' && process.env.FEWSHOT_BACKEND) return false;
  // A flag without an opposite is off as long as nobody gives it.
  if (value === false && !option.kind.negatable) return false;
  return ['default', undefined].includes(command.getOptionValueSource(attributeOf(name, option)));
}

/** The config with its paths, which are relative to its folder, made relative to the current one. */
function placed(config: Config, folder: string): Config {
  const from = (path: string) => (isAbsolute(path) || folder === '.' ? path : join(folder, path));
  const isPath = (model: string) =>
    model.includes('/') || model.includes(sep) || model.endsWith(MODEL_ENDING);
  const model = (name: string) => (isPath(name) ? from(name) : name);
  const { train, eval: evaluation } = config;
  return {
    ...config,
    ...(config.data === undefined || isNamed(config.data) ? {} : { data: from(config.data) }),
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
    ...(evaluation?.runs === undefined ? {} : { eval: { ...evaluation, runs: from(evaluation.runs) } }),
  };
}
