import { stat } from 'node:fs/promises';
import { stdout } from 'node:process';
import { DataError, UsageError } from '../../core/errors.js';
import { type CellVerdicts, concludeSweep, type SweepAbout } from '../../evaluate/evaluationSweep.js';
import { concludeEvaluation, type EvaluationAbout } from '../../evaluate/evaluationWork.js';
import type { EpisodeVerdicts } from '../../evaluate/onWorkers.js';
import {
  concludeQuality,
  type EpisodeQuality,
  type QualityAbout,
} from '../../evaluate/quality/evaluateQuality.js';
import { assertWritable } from '../../node/files.js';
import { type MergedParts, mergeParts } from '../../node/parts/mergeParts.js';
import { type Context, defineCommand } from '../command.js';
import { mergeFolders } from '../machines/mergeFolders.js';
import { isWorkShard, mergeWork } from '../machines/workFolder.js';
import { common } from '../options/common.js';
import { text } from '../options/kinds.js';
import type { Flags, Options, Table } from '../options/option.js';
import { progressBar } from '../terminal.js';
import { printEvaluation } from './eval.js';
import { printQuality } from './quality.js';
import { printSweep } from './sweep.js';

const options = {
  out: { ...common.out, help: 'also write the result to a file, or where joined folders go' },
  svg: { kind: text, placeholder: 'file', help: 'of a sweep: also draw the rows as SVG' },
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
  async sweep({ header: { about, command }, values, seconds }, flags) {
    const found = values as CellVerdicts[];
    await printSweep(concludeSweep(about as unknown as SweepAbout, found, { command, seconds }), flags);
  },
  async quality({ header: { about, command }, values, seconds }, flags) {
    const found = values as EpisodeQuality[];
    await printQuality(concludeQuality(about as unknown as QualityAbout, found, { command, seconds }), flags);
  },
};

/** Joins folders, of images or of work. */
async function mergeAllFolders(
  folders: readonly string[],
  { out, json }: MergeFlags,
  { signal, terminal }: Context,
): Promise<void> {
  if (out === undefined) {
    throw new UsageError('folders are joined in another folder', {
      hint: 'Name one by --out.',
      option: 'out',
    });
  }
  if (json === true)
    throw new UsageError('folders give no JSON', { hint: 'Leave out --json.', option: 'json' });
  const bar = progressBar(terminal, 'Joining');
  const options = { out, signal, onProgress: bar.update };
  try {
    if (await isWorkShard(folders[0]!)) {
      const { command, files } = await mergeWork(folders, options);
      bar.stop();
      stdout.write(`${files.toLocaleString('en')} files; ${command} --work ${out} goes on from them\n`);
    } else {
      const { files, manifest } = await mergeFolders(folders, options);
      bar.stop();
      stdout.write(`${files.toLocaleString('en')} images\n${manifest}\n`);
    }
  } finally {
    bar.stop();
  }
}

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

async function merge(flags: MergeFlags, context: Context): Promise<void> {
  const { out } = flags;
  if (await isFolder(context.words[0]!)) return mergeAllFolders(context.words, flags, context);
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
  argument: { usage: '<parts...>', help: 'files or folders that --shard wrote' },
  run: merge,
  kept: () => 'What was written is whole; start again with another --out.',
});
