import { stdout } from 'node:process';
import { UsageError } from '../../core/errors.js';
import { assertNew, atomicWrite } from '../../node/files.js';
import { inspectCatalog } from '../../node/images/inspectCatalog.js';
import { openCatalog } from '../../node/images/openCatalog.js';
import { type Context, defineCommand } from '../command.js';
import { inspectionText } from '../images.js';
import { common, ownData, ownDataOptions } from '../options/common.js';
import { text } from '../options/kinds.js';
import type { Flags, Options } from '../options/option.js';
import { contactSheet, pictureToPng } from '../report/contactSheet.js';
import { count } from '../report/figures.js';
import { progressBar } from '../terminal.js';

const { fit: _, skipBad: __, ...listedOptions } = ownDataOptions;

const options = {
  data: { ...common.data, help: 'the same, as other commands have it' },
  ...listedOptions,
  sheet: {
    kind: text,
    placeholder: 'file',
    help: 'PNG to write: up to ten images of each class, a class a row',
  },
  json: { ...common.json, help: 'print JSON instead of text' },
  force: { ...common.force, help: 'replace the sheet if it is there' },
  quiet: common.quiet,
} satisfies Options;

async function inspect(
  data: string,
  flags: Flags<typeof options>,
  { signal, terminal }: Context,
): Promise<void> {
  const { sheet } = flags;
  if (sheet !== undefined) {
    await assertNew(sheet, flags.force === true, 'Choose another --sheet, or replace it with --force.');
  }
  const catalog = await openCatalog(data, flags);
  const bar = progressBar(terminal, 'Reading');
  const start = performance.now();
  try {
    const { background } = flags;
    const found = await inspectCatalog(catalog, {
      ...(background === undefined ? {} : { background }),
      ...{ onProgress: bar.update, signal },
    });
    bar.stop();
    const seconds = (performance.now() - start) / 1000;
    terminal.note(
      `Read ${count(catalog.images.length)} images, ${count(Math.round(catalog.images.length / seconds))} images/s.`,
    );
    if (sheet !== undefined) {
      const picture = contactSheet(
        found.samples.map((row) => [row]),
        found.samples[0]![0]!.shape,
        { zoom: 1 },
      );
      await atomicWrite(sheet, pictureToPng(picture));
    }
    const { samples: _, ...facts } = found;
    stdout.write(flags.json ? `${JSON.stringify(facts, null, 2)}\n` : inspectionText(data, found));
    if (sheet !== undefined && !flags.json) stdout.write(`${sheet}\n`);
  } finally {
    bar.stop();
  }
}

/** `fewshot inspect`: contents of a folder of images, and what is wrong with it. */
export const command = defineCommand({
  table: { name: 'inspect', options, recorded: [], always: [] },
  argument: { usage: '[data]', help: ownData },
  run: (flags, context) => inspect(dataOf(context.argument, flags), flags, context),
  output: ({ sheet }) => sheet,
});

function dataOf(argument: string | undefined, flags: Flags<typeof options>): string {
  const data = argument ?? flags.data;
  if (data !== undefined) return data;
  throw new UsageError('no data are named', { hint: 'Name them: fewshot inspect photos.' });
}
