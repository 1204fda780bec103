import { stdout } from 'node:process';
import { Command, Option } from 'commander';
import { type PathName, pathNames } from '../../augment/paths.js';
import { FewshotError, UsageError } from '../../core/errors.js';
import type { Fit } from '../../data/resize.js';
import { evaluationDataNames, isEvaluationData } from '../../evaluate/data.js';
import { type BackendRequest, selectBackend } from '../../node/selectBackend.js';
import { badLines } from '../dataText.js';
import { addFitFlags, backendFlag, dataOr, detailFlag, wholeNumber } from '../flags.js';
import { type AugmentedFolder, augmentFolder } from '../produce/augment/augmentFolder.js';
import { replayFiles } from '../produce/augment/replayFiles.js';
import { count } from '../report/figures.js';
import { run } from '../run.js';
import { createTerminal, progressBar } from '../terminal.js';

interface AugmentFlags {
  readonly data?: string;
  readonly fit?: Fit;
  readonly skipBad?: boolean;
  readonly shots?: number;
  readonly model?: string;
  readonly perClass: number;
  readonly path: PathName;
  readonly seed: number;
  readonly batchSize: number;
  readonly workers?: number;
  readonly labelCheck?: true;
  readonly detail?: number;
  readonly includeOriginals?: true;
  readonly out: string;
  readonly resume?: true;
  readonly force?: true;
  readonly replay?: string;
  readonly file?: string[];
  readonly backend: BackendRequest;
  readonly quiet?: true;
}

const plural = (value: number, one: string, many: string) => `${count(value)} ${value === 1 ? one : many}`;

function summary({ files, dropped, made, classes, seconds }: AugmentedFolder): string {
  const held = `${plural(files, 'image', 'images')} of ${plural(classes, 'class', 'classes')}`;
  const lost =
    dropped === 0 ? '' : `; ${plural(dropped, 'was', 'were')} dropped, as no attempt passed the label check`;
  if (made === 0) return `${held}${lost}; all were there already`;
  return `${held}${lost}; ${count(made)} made in ${seconds.toFixed(1)} s, ${count(Math.round(made / seconds))} images/s`;
}

async function augment(flags: AugmentFlags, signal: AbortSignal): Promise<void> {
  const { data = 'mnist', model = 'mnist', shots = 5, perClass, path, seed, batchSize, workers, out } = flags;
  if (!isEvaluationData(data) && flags.shots !== undefined) {
    throw new UsageError(`--shots goes with --data ${evaluationDataNames.join(' or ')} alone`, {
      hint: 'Of a folder, all images are used. Take --shots away.',
    });
  }
  if (flags.file !== undefined)
    throw new UsageError('--file goes with --replay', { hint: 'Name a manifest.' });
  const terminal = createTerminal(flags.quiet === true);
  const backend = await selectBackend(flags.backend);
  terminal.note(`Backend ${backend.name}: ${backend.reason}.`);
  const reading = progressBar(terminal, 'Reading');
  const making = progressBar(terminal, 'Augmenting');
  try {
    const made = await augmentFolder(
      {
        ...{ data, shots, model, perClass, path, seed, backend: backend.name },
        labelCheck: flags.labelCheck === true,
        includeOriginals: flags.includeOriginals === true,
        ...(flags.fit === undefined ? {} : { fit: flags.fit }),
        ...(flags.skipBad ? { skipBad: true } : {}),
        ...(flags.detail === undefined ? {} : { detail: flags.detail }),
      },
      {
        ...{ out, batchSize, signal, resume: flags.resume === true, force: flags.force === true },
        ...(workers === undefined ? {} : { workers }),
        onRead: reading.update,
        onBad: (bad) => {
          reading.stop();
          for (const line of badLines(bad)) terminal.note(line);
        },
        onStart: ({ total, done, skipped }) => {
          reading.stop();
          if (done > 0) terminal.note(`Resuming after ${count(done)} of ${count(total)} images.`);
          if (skipped.length > 0) {
            terminal.note(`Too few images to make more of: ${skipped.map(String).join(', ')}.`);
          }
          making.update(done, total);
        },
        onProgress: making.update,
      },
    );
    making.stop();
    stdout.write(`${summary(made)}\n${made.manifest}\n`);
  } finally {
    reading.stop();
    making.stop();
  }
}

async function replay(manifest: string, flags: AugmentFlags, signal: AbortSignal): Promise<void> {
  const { data, model, backend, out, file } = flags;
  const terminal = createTerminal(flags.quiet === true);
  const bar = progressBar(terminal, 'Replaying');
  try {
    const { same, faults, header } = await replayFiles({
      ...{ manifest, out, signal, onProgress: bar.update },
      ...(file === undefined ? {} : { files: file }),
      ...(data === undefined ? {} : { data }),
      ...(model === undefined ? {} : { model }),
      ...(backend === 'auto' ? {} : { backend }),
    });
    bar.stop();
    for (const { path, reason } of faults) stdout.write(`${path}: ${reason}\n`);
    const total = same + faults.length;
    stdout.write(`${count(same)} of ${plural(total, 'file', 'files')} came out the same, byte for byte\n`);
    if (faults.length === 0) return;
    throw new FewshotError(`${plural(faults.length, 'file', 'files')} could not be made again as before`, {
      hint: `They were made by version ${header.version} on ${header.settings.backend}: ${header.command}`,
    });
  } finally {
    bar.stop();
  }
}

/** `fewshot augment`: hallucinations of a folder or of a data set as PNG files with a manifest, or such files once more. */
export function augmentCommand(): Command {
  const settings = [
    'shots',
    'fit',
    'skipBad',
    'perClass',
    'path',
    'seed',
    'batchSize',
    'workers',
    'labelCheck',
    'detail',
  ];
  const command = new Command('augment')
    .description('write hallucinated images as PNG files, with a manifest to make each again')
    .option('--data <name>', `${dataOr(evaluationDataNames)} (default: mnist)`);
  return addFitFlags(command)
    .option('--shots <n>', 'images per class to draw from a data set (default: 5)', wholeNumber(1))
    .option('--model <name>', 'shipped model or path of a model file (default: mnist)')
    .option('--per-class <n>', 'images to make per class', wholeNumber(1), 100)
    .addOption(
      new Option('--path <name>', 'way through latent space').choices([...pathNames]).default('slerp'),
    )
    .option('--seed <n>', 'seed of everything random', wholeNumber(0), 1)
    .option('--batch-size <n>', 'images decoded at a time, up to 256', wholeNumber(1), 128)
    .option('--workers <n>', 'threads (default: one a core)', wholeNumber(1))
    .option('--label-check', "drop images that are nearer to another class's mean")
    .addOption(detailFlag())
    .option('--include-originals', 'put the real images into the folder too')
    .requiredOption('--out <folder>', 'folder to write, empty or new')
    .option('--resume', 'go on with a run that did not end')
    .option('--force', 'replace what an earlier run wrote to --out')
    .addOption(
      new Option(
        '--replay <manifest>',
        'make the files of a manifest again and compare them; --data, --model, --backend as then by default',
      ).conflicts([...settings, 'includeOriginals', 'resume', 'force']),
    )
    .option('--file <path...>', 'with --replay: these files only, such as 3/000017.png')
    .addOption(backendFlag())
    .option('--quiet', 'nothing but results and errors')
    .action((flags: AugmentFlags) =>
      run(
        (signal) =>
          flags.replay === undefined ? augment(flags, signal) : replay(flags.replay, flags, signal),
        'What was written is whole and kept; --resume goes on from it.',
      ),
    );
}
