import { stdout } from 'node:process';
import { FewshotError, UsageError } from '../../core/errors.js';
import type { Label } from '../../core/image.js';
import { evaluationDataNames, isEvaluationData } from '../../evaluate/data.js';
import { type Context, defineCommand, useBackend } from '../command.js';
import { assertThere, findingLines, modelFor } from '../images.js';
import { onQueueOf } from '../machines/augmentOnQueue.js';
import { assertStore } from '../machines/perform.js';
import { joinHint } from '../machines/shard.js';
import { augmentTable } from '../options/augmentOptions.js';
import { ownDataOf } from '../options/common.js';
import type { FlagsOf } from '../options/option.js';
import { assertDraws } from '../photos.js';
import { type AugmentedFolder, augmentFolder, type ClassMade } from '../produce/augment/augmentFolder.js';
import { replayFiles } from '../produce/augment/replayFiles.js';
import { count } from '../report/figures.js';
import { progressBar } from '../terminal.js';

type AugmentFlags = FlagsOf<typeof augmentTable>;

/** What to do with a model that draws nothing. */
const NO_DRAWING =
  'fewshot eval tells what hallucinated codes bring, fewshot preview shows their neighbors, and hallucinate() of the library makes them; of changed pictures geometric() makes more. Or train a model that draws: fewshot train.';

const plural = (value: number, one: string, many: string) => `${count(value)} ${value === 1 ? one : many}`;

function summary({ files, dropped, made, classes, seconds }: AugmentedFolder): string {
  const held = `${plural(files, 'image', 'images')} of ${plural(classes.length, 'class', 'classes')}`;
  const lost =
    dropped === 0 ? '' : `; ${plural(dropped, 'was', 'were')} dropped, as no attempt passed the label check`;
  if (seconds === 0) return `${held}${lost}; all were there already`;
  return `${held}${lost}; ${count(made)} made in ${seconds.toFixed(1)} s, ${count(Math.round(made / seconds))} images/s`;
}

/** Most lines about classes, classes that are named on one, and those that a note names. */
const [MOST_LINES, MOST_NAMES, MOST_NAMED] = [20, 6, 100];

/** Numbers of each class, a line each; of many classes, a line for those with the same numbers. */
export function classLines(classes: readonly ClassMade[]): string[] {
  const numbers = ({ real, made, dropped }: ClassMade) =>
    `${count(real)} real, ${count(made)} made${dropped === 0 ? '' : `, ${count(dropped)} dropped`}`;
  if (classes.length <= MOST_LINES) return classes.map((own) => `  ${own.label}: ${numbers(own)}`);
  const alike = new Map<string, ClassMade[]>();
  for (const own of classes) alike.set(numbers(own), [...(alike.get(numbers(own)) ?? []), own]);
  const groups = [...alike];
  const rest = groups.slice(MOST_LINES).flatMap(([, own]) => own);
  const sum = (name: 'made' | 'dropped') => count(rest.reduce((total, own) => total + own[name], 0));
  return [
    ...groups.slice(0, MOST_LINES).map(
      ([text, own]) =>
        `  ${text}: ${some(
          own.map(({ label }) => label),
          MOST_NAMES,
        )}`,
    ),
    ...(rest.length === 0
      ? []
      : [`  and ${count(rest.length)} more classes: ${sum('made')} made, ${sum('dropped')} dropped`]),
  ];
}

/** The first of some labels, and how many there are beside them. */
function some(labels: readonly Label[], most: number): string {
  const rest = labels.length - most;
  return `${labels.slice(0, most).join(', ')}${rest > 0 ? ` and ${count(rest)} more` : ''}`;
}

async function augment(flags: AugmentFlags, { signal, terminal }: Context): Promise<void> {
  const {
    data = 'mnist',
    shots = 5,
    until,
    path,
    seed,
    batchSize,
    workers,
    shard,
    queue,
    store,
    out,
  } = flags;
  if (!isEvaluationData(data) && flags.shots !== undefined) {
    throw new UsageError(`--shots goes with --data ${evaluationDataNames.join(' or ')}`, {
      hint: 'Of a folder, all images are used. Leave out --shots.',
    });
  }
  const { perClass = until === undefined ? augmentTable.options.perClass.fallback : undefined } = flags;
  if (flags.files !== undefined)
    throw new UsageError('--file goes with --replay', { hint: 'Name a manifest.' });
  if (!isEvaluationData(data)) await assertThere(data, evaluationDataNames);
  assertStore({ queue, store });
  const model = modelFor({ ...flags, data });
  await assertDraws(model, NO_DRAWING);
  const backend = await useBackend(flags.backend, terminal);
  const reading = progressBar(terminal, 'Reading');
  const making = progressBar(terminal, 'Augmenting');
  const joining = progressBar(terminal, 'Joining');
  try {
    const made = await augmentFolder(
      {
        ...{ data, shots, model, path, seed, backend: backend.name },
        ...(perClass === undefined ? {} : { perClass }),
        ...(until === undefined ? {} : { until }),
        labelCheck: flags.labelCheck === true,
        includeOriginals: flags.includeOriginals === true,
        asSeen: flags.asSeen === true,
        ...ownDataOf(flags),
        ...(flags.detail === undefined ? {} : { detail: flags.detail }),
      },
      {
        ...{ out, batchSize, signal, resume: flags.resume === true, force: flags.force === true },
        ...(workers === undefined ? {} : { workers }),
        ...(shard === undefined ? {} : { shard }),
        ...(queue === undefined
          ? {}
          : { make: onQueueOf({ queue, store }, { terminal, signal, onProgress: making.update }) }),
        onRead: reading.update,
        onFindings: (findings) => {
          reading.stop();
          for (const line of findingLines(findings)) terminal.note(line);
        },
        onStart: ({ total, done, skipped, full }) => {
          reading.stop();
          if (done > 0) terminal.note(`Resuming after ${count(done)} of ${count(total)} images.`);
          if (skipped.length > 0) {
            terminal.note(`Too few images to make more of: ${some(skipped, MOST_NAMED)}.`);
          }
          if (full.length > 0) {
            terminal.note(`Full already, with ${count(until!)} images or more: ${some(full, MOST_NAMED)}.`);
          }
          making.update(done, total);
        },
        onProgress: queue === undefined ? making.update : joining.update,
      },
    );
    making.stop();
    joining.stop();
    if (shard !== undefined && shard[1] > 1) {
      stdout.write(`${summary(made)}\n${out}: ${joinHint(shard)}\n`);
      return;
    }
    stdout.write(`${[summary(made), ...classLines(made.classes), made.manifest].join('\n')}\n`);
  } finally {
    reading.stop();
    making.stop();
    joining.stop();
  }
}

async function replay(manifest: string, flags: AugmentFlags, { signal, terminal }: Context): Promise<void> {
  const { data, model, backend, out, files } = flags;
  const bar = progressBar(terminal, 'Replaying');
  try {
    const { same, faults, header } = await replayFiles({
      ...{ manifest, out, signal, onProgress: bar.update },
      ...(files === undefined ? {} : { files }),
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
export const command = defineCommand({
  table: augmentTable,
  run: (flags, context) =>
    flags.replay === undefined ? augment(flags, context) : replay(flags.replay, flags, context),
  kept: () => 'What was written is whole and kept; --resume goes on from it.',
});
