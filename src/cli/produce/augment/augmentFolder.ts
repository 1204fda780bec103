import { join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../../../core/errors.js';
import type { Label } from '../../../core/image.js';
import { isEvaluationData } from '../../../evaluate/data.js';
import { loadModel } from '../../../node/loadModel.js';
import { whileFolderLocked } from '../../../node/lock.js';
import { workerFile } from '../../../node/packageFiles.js';
import { selectBackend } from '../../../node/selectBackend.js';
import { defaultThreads, onWorkers } from '../../../node/threads.js';
import { dueOf, jobsOf, MANIFEST, type ManifestPlan, readEntries, readHeader } from './manifest.js';
import {
  beginRun,
  clearRun,
  countFiles,
  countTasks,
  endRun,
  finishRun,
  inspectOut,
  isOfShard,
  type RunFiles,
  readPart,
  readShard,
  sweep,
  tasksDone,
} from './outFolder.js';
import { type AugmentSettings, type PlanOptions, planAugmentation } from './plan.js';
import { BATCH_SIZE, TASK_SIZE, type WorkshopTask } from './workshop.js';

export interface AugmentFolderOptions extends PlanOptions {
  /** Folder to write: empty or new, unless an earlier run is resumed or replaced. */
  readonly out: string;
  /** Images decoded at a time, which affects speed and memory only. Default 128; at most 256 have an effect. */
  readonly batchSize?: number;
  /** Number of threads, each with its own backend. The files do not depend on it. Default: one a core. */
  readonly workers?: number;
  /** Resume an unfinished run of the same settings. */
  readonly resume?: boolean;
  /** Replace the files of an earlier run. */
  readonly force?: boolean;
  /** Make every so many-th task alone, as this shard of how many. The folder stays unfinished, for `mergeFolders`. */
  readonly shard?: readonly [number: number, of: number];
  /** Makes the files of open tasks. Default: threads of this process do. */
  readonly make?: MakeTasks;
  /** Called once, before the first file is made. */
  readonly onStart?: (about: AugmentationStart) => void;
  /** Called with the number of finished files, including those of an earlier run. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A run that goes on. */
export interface OpenRun {
  readonly plan: ManifestPlan;
  readonly out: string;
  /** Tasks whose files are missing. */
  readonly open: readonly number[];
}

/** Makes the files of a run's open tasks, and writes their lines. */
export type MakeTasks = (run: OpenRun, onDone: (task: number) => void) => Promise<void>;

export interface AugmentationStart {
  /** Number of files in all. */
  readonly total: number;
  /** Number of files that an earlier run made. */
  readonly done: number;
  /** Classes with too few images for the path, for which nothing is made. */
  readonly skipped: readonly Label[];
  /** Classes that have `until` images or more already, for which nothing is made. */
  readonly full: readonly Label[];
}

/** Numbers of images of a class. */
export interface ClassMade {
  readonly label: Label;
  /** Real images that those made are made of. */
  readonly real: number;
  readonly made: number;
  /** Images that failed the label check in every attempt. */
  readonly dropped: number;
}

export interface AugmentedFolder {
  readonly manifest: string;
  /** Number of image files in the folder. */
  readonly files: number;
  /** Number of images that failed the label check in every attempt. */
  readonly dropped: number;
  /** Number of files of this run; less than `files` if it was resumed. */
  readonly made: number;
  /** Numbers of each class, in their order. */
  readonly classes: readonly ClassMade[];
  /** Time from the start of the threads to the last file. */
  readonly seconds: number;
}

/**
 * Writes hallucinations of each class as PNG files `out/<class>/<index>.png`, with a manifest from which each can be made again. The
 * files and the manifest depend on the settings and the data alone. `out` is itself an image folder.
 *
 * Every file is written whole or not at all. A run that was stopped can be resumed, with the same result.
 *
 * @throws UsageError for invalid settings, or an `out` that holds something else or that another run is writing; DataError for
 *   broken images and ModelError for a broken model, before anything is written; the signal's reason when it is aborted
 */
export async function augmentFolder(
  settings: AugmentSettings,
  options: AugmentFolderOptions,
): Promise<AugmentedFolder> {
  const { out, resume = false, force = false } = options;
  if (resume && force) throw new UsageError('both resume and force are asked for', { hint: 'Choose one.' });
  assertApart(out, settings.data);
  return whileFolderLocked(out, () => augmentAlone(settings, options));
}

async function augmentAlone(
  settings: AugmentSettings,
  options: AugmentFolderOptions,
): Promise<AugmentedFolder> {
  const { out, make = onThreads(options) } = options;
  const { resume = false, force = false, shard = [1, 1], onStart, onProgress } = options;
  const state = await inspectOut(out, { resume, force });
  await selectBackend(settings.backend);
  const model = await loadModel(settings.model);
  const plan = await planAugmentation(settings, model, options).finally(() => model.dispose());
  const jobs = jobsOf(plan);
  const manifest = join(out, MANIFEST);
  const outcome = ({ files, made }: RunFiles) => ({
    ...{ manifest, files, dropped: jobs.count - files },
    classes: plan.classes.map(({ label, images: real }) => {
      const own = made.get(label) ?? 0;
      return { label, real, made: own, dropped: dueOf(plan.settings, real) - own };
    }),
  });

  if (resume && state.kind !== 'empty') assertSamePlan(out, state.plan, plan);
  if (resume && state.kind === 'finished') {
    await endRun(out);
    const found = await countFiles(readEntries(manifest, await readHeader(manifest)));
    return { ...outcome(found), made: 0, seconds: 0 };
  }
  const tasks = Array.from({ length: Math.ceil(jobs.count / TASK_SIZE) }, (_, task) => task);
  assertShard(shard, tasks.length);
  if (resume && state.kind === 'unfinished') await assertSameShard(out, shard);
  if (force && state.kind !== 'empty') await clearRun(out, state.plan);
  await beginRun(out, plan, shard);
  const done = resume ? await tasksDone(out, plan) : new Set<number>();

  let kept = 0;
  for (const task of done) kept += (await readPart(out, task)).length;

  const sizeOf = (task: number) => Math.min(TASK_SIZE, jobs.count - task * TASK_SIZE);
  const own = tasks.filter((task) => isOfShard(task, shard));
  const total = own.reduce((sum, task) => sum + sizeOf(task), 0);
  const open = own.filter((task) => !done.has(task));
  const before = [...done].reduce((sum, task) => sum + sizeOf(task), 0);
  onStart?.({ total, done: before, ...idleClasses(plan) });
  const start = performance.now();
  let reached = before;
  try {
    if (open.length > 0) {
      await make({ plan, out, open }, (task) => {
        reached += sizeOf(task);
        onProgress?.(reached, total);
      });
    }
  } catch (error) {
    await sweep(out, plan);
    throw error;
  }
  const isWhole = shard[1] === 1;
  const found = isWhole ? await finishRun(out, plan, tasks.length) : await countTasks(out, own);
  const seconds = (performance.now() - start) / 1000;
  return { ...outcome(found), dropped: total - found.files, made: found.files - kept, seconds };
}

/** Makes tasks on threads of this process. */
function onThreads({
  batchSize = BATCH_SIZE,
  workers = defaultThreads(),
  signal,
}: AugmentFolderOptions): MakeTasks {
  return async ({ out, open }, onDone) => {
    await onWorkers<WorkshopTask>(
      workerFile('augment'),
      open.map((task) => ({ out, task, batchSize })),
      {
        threads: workers,
        onDone: ({ task }) => onDone(task),
        ...(signal === undefined ? {} : { signal }),
      },
    );
  };
}

/** Throws a `UsageError` if there are fewer tasks than shards. */
function assertShard([, of]: readonly [number, number], tasks: number): void {
  if (of <= Math.max(tasks, 1)) return;
  throw new UsageError(`there are ${tasks} parts of up to ${TASK_SIZE} images, too few for ${of} shards`, {
    hint: `Choose up to ${tasks}.`,
    option: 'shard',
  });
}

async function assertSameShard(out: string, [number, of]: readonly [number, number]): Promise<void> {
  const [was, ofThen] = await readShard(out);
  if (was === number && ofThen === of) return;
  throw new UsageError(`${out} is shard ${was} of ${ofThen}, not ${number} of ${of}`, {
    hint: 'Go on with that one, or choose another --out.',
    option: 'shard',
  });
}

/** Throws if `out` is inside the data, where it would be a class of the next run. */
function assertApart(out: string, data: string): void {
  if (isEvaluationData(data)) return;
  const path = relative(resolve(data), resolve(out));
  if (path !== '' && (path.startsWith(`..${sep}`) || path === '..' || resolve(out) === path)) return;
  throw new UsageError(`${out} lies in the folder of the data, ${data}`, {
    hint: 'Choose an --out beside it.',
  });
}

function assertSamePlan(out: string, before: ManifestPlan, now: ManifestPlan): void {
  const flat = (plan: ManifestPlan) => {
    const { settings, command: _, ...rest } = plan;
    return Object.entries({ ...settings, ...rest }).map(
      ([name, value]) => [name, JSON.stringify(value)] as const,
    );
  };
  const [then, wanted] = [new Map(flat(before)), new Map(flat(now))];
  const name = [...wanted.keys(), ...then.keys()].find((key) => then.get(key) !== wanted.get(key));
  if (name === undefined) return;
  const brief = (value: string | undefined) =>
    value === undefined || value.length > 80 ? '' : ` (${value})`;
  throw new UsageError(
    `the run in ${out} had another value of ${name}${brief(then.get(name))} than this one${brief(wanted.get(name))}`,
    { hint: `Give the same settings and data (${before.command}), or start afresh with --force.` },
  );
}

/** Classes of which nothing is made, because they are full, or too small for the path. */
function idleClasses({ classes, settings }: ManifestPlan) {
  const { until = Number.POSITIVE_INFINITY } = settings;
  const idle = classes.filter(({ images }) => dueOf(settings, images) === 0);
  const named = (isRight: (images: number) => boolean): Label[] =>
    idle.filter(({ images }) => isRight(images)).map(({ label }) => label);
  return { skipped: named((images) => images < until), full: named((images) => images >= until) };
}
