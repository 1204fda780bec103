import { stdout } from 'node:process';
import { type ExhibitName, exhibitNames } from '../../../paper/reproduce/exhibits.js';
import { redraw, reproduce, reproduceShard } from '../../../paper/reproduce/reproduce.js';
import { UsageError } from '../../core/errors.js';
import { defaultThreads } from '../../node/threads.js';
import { type Context, defineCommand, useBackend } from '../command.js';
import { joinHint } from '../machines/shard.js';
import { common } from '../options/common.js';
import { given, text } from '../options/kinds.js';
import { commandText, type Flags, type Options, type Table } from '../options/option.js';
import { taskBars } from '../terminal.js';

const OUT = 'paper/results';
const WORK = '.fewshot';

const options = {
  quick: { kind: given, help: 'a small run that takes minutes; its figures are worse' },
  draw: {
    kind: given,
    help: 'draw pictures and tables again from the results that are there',
    conflicts: ['work', 'backend', 'shard', 'force', 'extend'],
  },
  out: {
    ...common.out,
    placeholder: 'folder',
    help: 'where results go',
    otherwise: `${OUT}, with --quick ${OUT}/quick`,
  },
  work: {
    kind: text,
    placeholder: 'folder',
    help: 'where encoders and finished parts are kept, to go on from',
    otherwise: WORK,
  },
  shard: {
    ...common.shard,
    help: 'do one part of n of the work, for fewshot merge to join; needs a --work of its own',
    conflicts: ['out', 'force', 'extend'],
  },
  backend: common.backend,
  force: { ...common.force, help: 'replace results that are there' },
  extend: {
    kind: given,
    help: 'keep the rows of the table2 that is there and make those it lacks',
    conflicts: ['force'],
  },
  quiet: common.quiet,
} satisfies Options;

type ReproduceFlags = Flags<typeof options>;

const table: Table<typeof options> = {
  name: 'reproduce',
  options,
  recorded: ['quick', 'backend'],
  always: ['backend'],
};

const namesOf = (what: ExhibitName | 'all') => (what === 'all' ? exhibitNames : [what]);
const folderOf = ({ out, quick }: ReproduceFlags) => out ?? (quick ? `${OUT}/quick` : OUT);
const print = (lines: readonly string[]): void => {
  stdout.write(`${lines.join('\n')}\n`);
};

async function reproduceAndPrint(
  what: ExhibitName | 'all',
  flags: ReproduceFlags,
  { signal, terminal }: Context,
): Promise<void> {
  const { work, shard } = flags;
  if (shard !== undefined && work === undefined) {
    throw new UsageError('a shard needs a folder for its work', {
      hint: 'Name one for it alone by --work.',
      option: 'work',
    });
  }
  const backend = await useBackend(flags.backend, terminal);
  const bars = taskBars(terminal);
  const options = {
    names: namesOf(what),
    quick: flags.quick === true,
    work: work ?? WORK,
    backend,
    workers: defaultThreads(),
    commandOf: (name: string) => commandText(table, { quick: flags.quick, backend: backend.name }, name),
    onProgress: bars.update,
    signal,
  };
  try {
    if (shard !== undefined) {
      await reproduceShard({ ...options, shard });
      bars.stop();
      return print([`${options.work}: ${joinHint(shard)}`]);
    }
    const files = await reproduce({
      ...options,
      out: folderOf(flags),
      force: flags.force === true,
      extend: flags.extend === true,
      onKept: (file) => terminal.note(`${file} is there already and stays.`),
    });
    bars.stop();
    print(files);
  } finally {
    bars.stop();
  }
}

/** `fewshot reproduce`: the tables and figures of the poster. */
export const command = defineCommand({
  table,
  argument: { usage: '<what>', help: 'table or figure', choices: [...exhibitNames, 'all'] },
  async run(flags, context) {
    const what = context.argument as ExhibitName | 'all';
    if (!flags.draw) return reproduceAndPrint(what, flags, context);
    print(await redraw({ names: namesOf(what), out: folderOf(flags) }));
  },
  kept: ({ draw }) =>
    draw
      ? 'Files are whole, old or new; the same command draws the rest.'
      : 'Encoders and finished parts are kept; the same command goes on from them.',
});
