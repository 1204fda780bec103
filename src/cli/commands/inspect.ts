import { stdout } from 'node:process';
import { Command } from 'commander';
import { UsageError } from '../../core/errors.js';
import { assertNew, atomicWrite } from '../../node/files.js';
import { inspectCatalog } from '../../node/images/inspectCatalog.js';
import { openCatalog } from '../../node/images/openCatalog.js';
import { inspectionText } from '../dataText.js';
import { ownData } from '../flags.js';
import { contactSheet, pictureToPng } from '../report/contactSheet.js';
import { count } from '../report/figures.js';
import { run } from '../run.js';
import { createTerminal, progressBar } from '../terminal.js';

interface InspectFlags {
  readonly data?: string;
  readonly sheet?: string;
  readonly json?: true;
  readonly force?: true;
  readonly quiet?: true;
}

async function inspect(data: string, flags: InspectFlags, signal: AbortSignal): Promise<void> {
  const { sheet } = flags;
  if (sheet !== undefined) {
    await assertNew(sheet, flags.force === true, 'Choose another --sheet, or replace it with --force.');
  }
  const terminal = createTerminal(flags.quiet === true);
  const catalog = await openCatalog(data);
  const bar = progressBar(terminal, 'Reading');
  const start = performance.now();
  try {
    const found = await inspectCatalog(catalog, { onProgress: bar.update, signal });
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

/** `fewshot inspect`: what a folder of images holds, and what is wrong with it. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description(
      'count and check images: classes, sizes, broken and duplicate files, test images seen in training',
    )
    .argument('[data]', ownData)
    .option('--data <name>', 'the same, as other commands have it')
    .option('--sheet <file>', 'PNG to write: up to ten images of each class, a class a row')
    .option('--json', 'print JSON instead of text')
    .option('--force', 'replace the sheet if it is there')
    .option('--quiet', 'nothing but results and errors')
    .action((data: string | undefined, flags: InspectFlags) =>
      run((signal) => inspect(dataOf(data, flags), flags, signal), 'Nothing was written.', flags.sheet),
    );
}

function dataOf(argument: string | undefined, flags: InspectFlags): string {
  const data = argument ?? flags.data;
  if (data !== undefined) return data;
  throw new UsageError('no data are named', { hint: 'Name them: fewshot inspect photos.' });
}
