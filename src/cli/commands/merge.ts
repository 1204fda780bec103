import { DataError } from '../../core/errors.js';
import { concludeEvaluation, type EvaluationAbout } from '../../evaluate/evaluationWork.js';
import type { EpisodeVerdicts } from '../../evaluate/onWorkers.js';
import { assertWritable } from '../../node/files.js';
import { type MergedParts, mergeParts } from '../../node/parts/mergeParts.js';
import { type Context, defineCommand } from '../command.js';
import { common } from '../options/common.js';
import type { Flags, Options, Table } from '../options/option.js';
import { printEvaluation } from './eval.js';

const options = {
  out: { ...common.out, help: 'also write the result to a file' },
  json: common.json,
  quiet: common.quiet,
} satisfies Options;

type MergeFlags = Flags<typeof options>;

const table: Table<typeof options> = { name: 'merge', options, recorded: [], always: [] };

/** Makes and prints the result of a whole work, by its kind. */
const conclusions: Record<
  string,
  (merged: MergedParts, flags: MergeFlags, context: Context) => Promise<void>
> = {
  async eval({ header: { about, command }, values, seconds }, flags, { terminal }) {
    const result = concludeEvaluation(about as unknown as EvaluationAbout, values as EpisodeVerdicts[], {
      command,
      seconds,
    });
    await printEvaluation(result, flags, terminal);
  },
};

async function merge(flags: MergeFlags, context: Context): Promise<void> {
  const { out } = flags;
  if (out !== undefined) await assertWritable(out);
  const merged = await mergeParts(context.words);
  const { kind } = merged.header.about;
  const conclude = Object.hasOwn(conclusions, kind) ? conclusions[kind] : undefined;
  if (conclude === undefined) {
    throw new DataError(
      `${context.words[0]} has parts of the kind ${kind}, which this version does not know`,
      {
        hint: 'Merge by the version that made them.',
      },
    );
  }
  await conclude(merged, flags, context);
}

/** `fewshot merge`: the result of a command, of the shards that machines have made. */
export const command = defineCommand({
  table,
  argument: { usage: '<parts...>', help: 'files that --shard wrote' },
  run: merge,
  output: ({ out }) => out,
});
