import { Command } from 'commander';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { CommandModule } from '../../src/cli/command.js';
import { command as augment } from '../../src/cli/commands/augment.js';
import { command as embed } from '../../src/cli/commands/embed.js';
import { command as evaluation } from '../../src/cli/commands/eval.js';
import { command as info } from '../../src/cli/commands/info.js';
import { command as init } from '../../src/cli/commands/init.js';
import { command as inspect } from '../../src/cli/commands/inspect.js';
import { command as interpolate } from '../../src/cli/commands/interpolate.js';
import { command as merge } from '../../src/cli/commands/merge.js';
import { command as preview } from '../../src/cli/commands/preview.js';
import { command as quality } from '../../src/cli/commands/quality.js';
import { command as report } from '../../src/cli/commands/report.js';
import { command as reproduce } from '../../src/cli/commands/reproduce.js';
import { command as sweep } from '../../src/cli/commands/sweep.js';
import { command as train } from '../../src/cli/commands/train.js';
import { command as worker } from '../../src/cli/commands/worker.js';
import { configParts, configSchema } from '../../src/cli/config.js';
import { evalText } from '../../src/cli/options/evalOptions.js';
import {
  commandText,
  flagOf,
  flagsIn,
  type Option,
  type Options,
  type Table,
} from '../../src/cli/options/option.js';
import { defaultArms } from '../../src/evaluate/arms/arms.js';
import { defaultSettings } from '../../src/evaluate/settings.js';

const recording = [augment, embed, evaluation, interpolate, quality, report, reproduce, sweep, train];
const commands = [...recording, info, init, inspect, merge, preview, worker];
const byName = (modules: readonly CommandModule[]) =>
  modules.map((module) => [module.table.name, module] as const);

function commanderOf(module: CommandModule): Command {
  const command = new Command(module.table.name)
    .exitOverride()
    .configureOutput({ writeErr() {}, writeOut() {}, getOutHelpWidth: () => 10_000 });
  module.addTo(command, () => {});
  return command.action(() => {});
}

describe.each(byName(commands))('the options of fewshot %s', (_, module) => {
  const { options } = module.table;

  it('appear in help, each with its flag, in their order', () => {
    const lines = commanderOf(module).helpInformation().split('\n');
    const flags = lines.flatMap((line) => /^ {2}(--\S+)/.exec(line)?.[1] ?? []);
    const expected = Object.entries(options).flatMap(([name, option]) => {
      const flag = flagOf(name, option);
      return option.kind.negatable ? [flag, flag.replace('--', '--no-')] : [flag];
    });
    expect(flags).toEqual(expected);
    for (const [name, option] of Object.entries(options)) {
      const line = lines.find((text) => text.startsWith(`  ${flagOf(name, option)} `));
      expect(line, name).toContain(option.help);
    }
  });

  it('have defaults that may be given', () => {
    for (const [name, option] of Object.entries(options)) {
      for (const value of [option.default, option.fallback]) {
        if (value !== undefined) expect(v.is(option.kind.schema, value), name).toBe(true);
      }
    }
  });

  it('name options of the same command as those that they exclude', () => {
    for (const { conflicts = [], replaces = [] } of Object.values(options)) {
      for (const name of [...conflicts, ...replaces]) expect(options).toHaveProperty(name);
    }
  });
});

describe('keys of a config', () => {
  it('are the options with help for them', () => {
    const keysOf = ({ options }: { readonly options: Options }, shared: boolean) =>
      Object.entries(options)
        .filter(([, option]) => option.config !== undefined && (option.shared ?? false) === shared)
        .map(([name]) => name);
    const parts = { train, augment, eval: evaluation };
    const { $schema: _s, schema: _, train: _t, augment: _a, eval: _e, ...shared } = configSchema.entries;
    for (const [name, { table }] of Object.entries(parts)) {
      expect(Object.keys(configParts[name as keyof typeof parts].entries)).toEqual(keysOf(table, false));
      for (const key of keysOf(table, true)) expect(shared).toHaveProperty(key);
    }
    expect(keysOf(evaluation.table, true).sort()).toEqual(Object.keys(shared).sort());
  });
});

const samples: readonly unknown[] = [
  ...[
    0,
    1,
    2,
    3,
    9,
    12,
    64,
    0.25,
    1e-7,
    'all',
    true,
    false,
    'some text',
    './a/b.safetensors',
    "Anna's $HOME",
    '#00ff7f',
  ],
  ...[[1], [4, 2], ['a b', "it's"], ['x']],
];

const drawn: readonly fc.Arbitrary<unknown>[] = [
  fc.integer({ min: 0, max: 1e6 }),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.subarray(['none', 'atnl', 'affine'], { minLength: 1 }),
  fc.subarray(['slerp', 'lerp'], { minLength: 1 }),
  fc.subarray(['knn', 'cnn'], { minLength: 1 }),
];

/** Values that an option takes. */
function valuesOf({ kind }: Option): fc.Arbitrary<unknown> {
  const fits = (value: unknown) => v.is(kind.schema, value);
  const fitting = [...(kind.choices ?? []), ...samples].filter(fits);
  return fc.oneof(
    ...(fitting.length === 0 ? [] : [fc.constantFrom(...fitting)]),
    // Bounds that hardly any of them keeps have their samples alone.
    ...drawn.filter((some) => fc.sample(some, 40).filter(fits).length > 20).map((some) => some.filter(fits)),
  );
}

/** The words of a command line, as a POSIX shell splits it. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  let [word, quoted, begun] = ['', false, false];
  for (let i = 0; i < line.length; i++) {
    const letter = line[i]!;
    if (letter === "'") [quoted, begun] = [!quoted, true];
    else if (letter === '\\' && !quoted) word += line[++i];
    else if (letter === ' ' && !quoted) {
      if (begun || word !== '') words.push(word);
      [word, begun] = ['', false];
    } else word += letter;
  }
  return [...words, word];
}

/** Values that a command finds when it is called by a text, with those that count where none is given. */
function parsed(module: CommandModule, text: string): Record<string, unknown> {
  const { name, options } = module.table;
  const [fewshot, command, ...words] = shellWords(text);
  expect([fewshot, command]).toEqual(['fewshot', name]);
  // Where files go is left to whoever runs it.
  const given = options.out?.required ? [...words, '--out', 'somewhere'] : words;
  return counting(module.table, flagsIn(commanderOf(module).parse(given, { from: 'user' }), options));
}

function counting({ options, recorded }: Table, values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    recorded.flatMap((name) => {
      const { default: usual, fallback } = options[name]!;
      const value = values[name] ?? usual ?? fallback;
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

describe.each(byName(recording))('the recorded command of fewshot %s', (_, module) => {
  const { options, recorded, always } = module.table;

  it('gives the same values when it is parsed', () => {
    const value = (name: string) => fc.option(valuesOf(options[name]!), { nil: undefined });
    const all = fc.record(Object.fromEntries(recorded.map((name) => [name, value(name)])));
    fc.assert(
      fc.property(all, (drawn) => {
        const values = { ...drawn };
        for (const name of recorded) {
          const { bare, negatable } = options[name]!.kind;
          // A flag without an opposite is given or not.
          const none = values[name] === false && bare && !negatable;
          if (values[name] === undefined || none) delete values[name];
        }
        for (const [name, { conflicts = [] }] of Object.entries(options)) {
          if (values[name] !== undefined) for (const other of conflicts) delete values[other];
        }
        const argument = module === reproduce ? 'table2' : module === sweep ? 'plan.json' : undefined;
        expect(parsed(module, commandText(module.table, values as never, argument))).toEqual(
          counting(module.table, values),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('spells known options, and always some of them', () => {
    for (const name of recorded) expect(options).toHaveProperty(name);
    for (const name of always) expect(recorded).toContain(name);
    expect(new Set(recorded).size).toBe(recorded.length);
  });
});

describe('options that no recorded command spells', () => {
  it.each([
    ['eval', evaluation, ['workers', 'shard', 'queue', 'store', 'json', 'out', 'quiet']],
    [
      'augment',
      augment,
      [
        ...['batchSize', 'workers', 'shard', 'queue', 'store', 'out', 'resume', 'force', 'replay', 'files'],
        'quiet',
      ],
    ],
    ['train', train, ['threads', 'resume', 'force', 'quiet']],
    ['quality', quality, ['fonts', 'work', 'shard', 'queue', 'store', 'json', 'out', 'quiet']],
  ] as const)('of %s are those that results do not depend on', (_, { table }, names) => {
    expect(Object.keys(table.options).filter((name) => !table.recorded.includes(name))).toEqual(names);
  });
});

describe('evalText', () => {
  const settings = { ...defaultSettings, arms: defaultArms, backend: 'wasm' } as const;

  it('leaves out defaults, but for shots, seed and backend', () => {
    expect(evalText(settings)).toBe('fewshot eval --shots 5 --seed 1 --backend wasm');
  });

  it('spells shape, teachers and pipelines by their flags, in a fixed order', () => {
    const pipeline = { schema: 'fewshot.pipeline/1', steps: [] } as never;
    expect(
      evalText({
        ...settings,
        ...{
          data: "Anna's photos",
          shape: [16, 16, 3],
          skipBad: true,
          teachers: ['mnist', 'a b'],
          detail: 0.5,
        },
        pipelines: [
          { name: 'one', pipeline, file: 'pipelines/one.json' },
          { name: 'two', pipeline },
        ],
      }),
    ).toBe(
      "fewshot eval --data 'Anna'\\''s photos' --shots 5 --detail 0.5 --seed 1 --size 16 --channels 3 --skip-bad " +
        "--teacher mnist --teacher 'a b' --pipeline pipelines/one.json --pipeline two.json --backend wasm",
    );
  });
});
