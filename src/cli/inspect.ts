import { stat } from 'node:fs/promises';
import { stdout } from 'node:process';
import { Command } from 'commander';
import { encode } from 'fast-png';
import { UsageError } from '../core/index.js';
import { openCatalog } from '../data/index.js';
import { type Inspection, inspectCatalog } from '../data/own/inspectCatalog.js';
import { assertWritable, atomicWrite } from '../files/index.js';
import { contactSheet } from '../report/index.js';
import { progressBar } from './progressBar.js';
import { run } from './run.js';
import { createTerminal } from './terminal.js';

interface InspectFlags {
  readonly sheet?: string;
  readonly json?: true;
  readonly force?: true;
  readonly quiet?: true;
}

const count = (value: number) => value.toLocaleString('en');

/** What was found, for people. */
function summary(data: string, found: Inspection): string {
  const { images, classes, sides, coloured, bad, duplicates, leaks } = found;
  const lines = [
    `${data}: ${count(images)} images of ${count(classes.length)} classes; ${sides[0]} to ${sides[1]} pixels a side; ${count(coloured)} in colour, ${count(images - coloured)} gray`,
    ...classes.map(({ label, images: own }) => {
      const parts = Object.entries(own).map(([split, n]) =>
        split === 'all' ? count(n) : `${split} ${count(n)}`,
      );
      return `  ${label}: ${parts.join(', ')}`;
    }),
    `cannot be read: ${count(bad.length)}`,
    ...bad.map(({ reason }) => `  ${reason}`),
    `the same bytes more than once: ${count(duplicates.length)}`,
    ...duplicates.map((names) => `  ${names.join(' = ')}`),
    `nearly the same picture in train and another split: ${count(leaks.length)}`,
    ...leaks.map((pair) => `  ${pair.join(' ≈ ')}`),
  ];
  return `${lines.join('\n')}\n`;
}

async function inspect(data: string, flags: InspectFlags, signal: AbortSignal): Promise<void> {
  const { sheet } = flags;
  if (sheet !== undefined) {
    await assertWritable(sheet);
    if (!flags.force && (await stat(sheet).catch(() => undefined)) !== undefined) {
      throw new UsageError(`${sheet} exists already`, {
        hint: 'Choose another --sheet, or replace it with --force.',
      });
    }
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
      await atomicWrite(sheet, encode({ ...picture, channels: 3, depth: 8 }));
    }
    const { samples: _, ...facts } = found;
    stdout.write(flags.json ? `${JSON.stringify(facts, null, 2)}\n` : summary(data, found));
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
    .argument('<data>', 'an image folder, a table (.csv, .jsonl), .npz or IDX files')
    .option('--sheet <file>', 'PNG to write: up to ten images of each class, a class a row')
    .option('--json', 'print JSON instead of text')
    .option('--force', 'replace the sheet if it is there')
    .option('--quiet', 'nothing but results and errors')
    .action((data: string, flags: InspectFlags) =>
      run((signal) => inspect(data, flags, signal), 'Nothing was written.'),
    );
}
