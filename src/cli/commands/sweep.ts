import { stdout } from 'node:process';
import { assertSweep, concludeSweep, type SweepResult, withSweep } from '../../evaluate/evaluationSweep.js';
import { assertWritable, atomicWrite } from '../../node/files.js';
import { type Context, defineCommand, useBackend } from '../command.js';
import { assertMachineFlags, keptOf, perform } from '../machines/perform.js';
import { common } from '../options/common.js';
import { text } from '../options/kinds.js';
import { commandText, type Flags, type Options, type Table } from '../options/option.js';
import { sweepCells } from '../produce/sweepPlan.js';
import { sweepFigure, sweepTable } from '../report/sweepTable.js';
import { laterBar } from '../terminal.js';

const options = {
  backend: common.backend,
  workers: common.workers,
  shard: common.shard,
  queue: common.queue,
  store: common.store,
  json: common.json,
  out: common.out,
  svg: { kind: text, placeholder: 'file', help: 'also draw the rows as SVG' },
  quiet: common.quiet,
} satisfies Options;

type SweepFlags = Flags<typeof options>;

const table: Table<typeof options> = {
  name: 'sweep',
  options,
  recorded: ['backend'],
  always: ['backend'],
};

async function sweep(flags: SweepFlags, { signal, terminal, argument }: Context): Promise<void> {
  const { backend: request, workers, out, svg } = flags;
  assertMachineFlags(flags);
  for (const file of [out, svg]) if (file !== undefined) await assertWritable(file);
  const backend = await useBackend(request, terminal);
  const cells = await sweepCells(argument!, backend.name, terminal.note);
  terminal.note(`${cells.length} evaluation${cells.length === 1 ? '' : 's'}.`);
  await assertSweep({ cells });
  const bar = laterBar(terminal, 'Sweeping |{bar}| {value}/{total} · {eta_formatted} left');
  const running = { ...(workers === undefined ? {} : { workers }), signal };
  try {
    const result = await perform((_, use) => withSweep({ cells }, running, use), concludeSweep, flags, {
      command: commandText(table, { backend: backend.name }, argument!),
      terminal,
      signal,
      onProgress: bar.update,
    });
    bar.stop();
    if (result !== undefined) await printSweep(result, flags);
  } finally {
    bar.stop();
  }
}

/** Writes a result to the files that flags name, and prints it. */
export async function printSweep(
  result: SweepResult,
  { json, out, svg }: Pick<SweepFlags, 'json' | 'out' | 'svg'>,
): Promise<void> {
  const written = `${JSON.stringify(result, null, 2)}\n`;
  if (out !== undefined) await atomicWrite(out, written);
  if (svg !== undefined) await atomicWrite(svg, sweepFigure(result));
  stdout.write(json === true ? written : sweepTable(result));
}

/** `fewshot sweep`: evaluations for each combination of settings in a file. */
export const command = defineCommand({
  table,
  argument: { usage: '<file>', help: 'what to sweep over (JSON)' },
  run: sweep,
  kept: keptOf,
  output: ({ out }) => out,
});
