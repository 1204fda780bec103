import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Arithmetic } from '../../../backend/backendInfo.js';
import { DataError } from '../../../core/errors.js';
import { versionsInUse } from '../../../evaluate/versions.js';
import type { Work } from '../../../evaluate/work.js';
import { isInsidePath } from '../../../node/images/insidePath.js';
import { loadModel } from '../../../node/loadModel.js';
import { workerFile } from '../../../node/packageFiles.js';
import type { PartFile } from '../../../node/parts/partFile.js';
import type { Store } from '../../../node/parts/store.js';
import { arithmeticInUse, selectBackend } from '../../../node/selectBackend.js';
import { withThreads } from '../../../node/threads.js';
import {
  entrySchema,
  issueOf,
  jobPath,
  jobsOf,
  type ManifestEntry,
  type ManifestPlan,
  planSchema,
} from './manifest.js';
import { beginRun, writePart } from './outFolder.js';
import { digestOf } from './parents.js';
import { BATCH_SIZE, TASK_SIZE, writeInto } from './workshop.js';

/** The files of a task: lines of the manifest, and as many files in Base64. */
export interface MadeTask {
  readonly entries: ManifestEntry[];
  readonly files: string[];
}

/** What tells one augmentation from others. Its plan, which may be long, is in the store. */
export interface AugmentationSettings {
  /** SHA-256 of the plan. */
  readonly plan: string;
  /** Folder or file of the images. Absent for a data set by name. */
  readonly data?: string;
  readonly model: string;
}

/** What the files of an augmentation depend on. */
export interface AugmentationAbout {
  readonly kind: 'augment';
  readonly settings: AugmentationSettings;
  /** SHA-256 of the model here. */
  readonly model: string;
  readonly arithmetic?: Arithmetic;
  readonly versions: Readonly<Record<string, string>>;
}

/** Tasks of a job: its result, with some 2,000 files, is read as a whole. */
const MOST_TASKS = 8;

const planName = (digest: string) => `plans/${digest}.json`;

const settingsOf = (plan: ManifestPlan, digest: string): AugmentationSettings => ({
  plan: digest,
  ...(plan.data.kind === 'folder' ? { data: plan.data.root } : {}),
  model: plan.model.source,
});

async function planned(plan: ManifestPlan, digest: string) {
  await selectBackend(plan.settings.backend);
  const model = await loadModel(plan.model.source);
  model.dispose();
  const about: AugmentationAbout = {
    ...{ kind: 'augment', settings: settingsOf(plan, digest), model: model.digest },
    ...(await arithmeticInUse()),
    versions: versionsInUse(),
  };
  return { about, parts: Math.ceil(jobsOf(plan).count / TASK_SIZE), most: MOST_TASKS };
}

/** Puts a plan where workers find it, and returns what they are to do: its tasks. */
export async function planWork(plan: ManifestPlan, store: Store) {
  const text = JSON.stringify(plan);
  const digest = digestOf(Buffer.from(text));
  await store.commit(planName(digest), text);
  return planned(plan, digest);
}

/** The plan of settings. Throws a `DataError` if it is not in the store, or another one. */
async function storedPlan(asked: AugmentationSettings, store: Store): Promise<ManifestPlan> {
  const name = planName(asked.plan);
  const refuse = (reason: string) => new DataError(`${store.name}/${name}: ${reason}`);
  const text = await store.read(name);
  if (text === undefined) throw refuse('it is not there');
  if (digestOf(Buffer.from(text)) !== asked.plan) throw refuse('it has another digest');
  const parsed = v.safeParse(planSchema, JSON.parse(text));
  if (!parsed.success) throw refuse(issueOf(parsed.issues));
  const plan = parsed.output;
  const named = settingsOf(plan, asked.plan);
  // Only what the job names was checked to lie where this worker may read.
  if (named.data !== asked.data || named.model !== asked.model) throw refuse('it is not what the job names');
  const stray =
    plan.data.kind === 'folder' ? plan.images.find((image) => !isInsidePath(image.name)) : undefined;
  if (stray !== undefined) throw refuse(`${stray.name} lies outside of the data`);
  return plan;
}

/** An augmentation as work whose parts are its tasks. Threads, with data and model, are there until `use` is done. */
export async function withAugmentation<Result>(
  settings: AugmentationSettings,
  {
    store,
    workers,
    signal,
  }: { readonly store: Store; readonly workers: number; readonly signal: AbortSignal },
  use: (work: Work<AugmentationAbout, MadeTask>) => Promise<Result>,
): Promise<Result> {
  const plan = await storedPlan(settings, store);
  const { data } = settings;
  if (data !== undefined && !existsSync(data)) throw new DataError(`there are no data at ${data}`);
  const work = await planned(plan, settings.plan);
  const folder = await mkdtemp(join(tmpdir(), 'fewshot-augment-'));
  try {
    await beginRun(folder, plan);
    return await withThreads(workerFile('augment'), { threads: workers, signal }, (run) =>
      use({
        ...work,
        run: (tasks) =>
          Promise.all(
            tasks.map((task) => run<MadeTask>({ out: folder, task, batchSize: BATCH_SIZE }, 'value')),
          ),
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const madeSchema = v.strictObject({ entries: v.array(entrySchema), files: v.array(v.string()) });

/**
 * Writes the files of tasks that are not done yet into the folder of a run.
 *
 * @throws DataError naming a result with files that are not of its task, or not whole
 */
export async function writeMade(
  {
    plan,
    out,
    open,
  }: { readonly plan: ManifestPlan; readonly out: string; readonly open: ReadonlySet<number> },
  name: string,
  { values }: PartFile,
  onDone: (task: number) => void,
): Promise<void> {
  const jobs = jobsOf(plan);
  const write = writeInto(out);
  for (const [task, value] of values) {
    if (!open.has(task)) continue;
    const read = v.safeParse(madeSchema, value);
    const refuse = (reason: string) =>
      new DataError(`${name}, task ${task}: ${reason}`, {
        hint: 'Remove it, and start the same command again.',
      });
    if (!read.success) throw refuse(issueOf(read.issues));
    const { entries, files } = read.output;
    const own = new Set(jobs.slice(task * TASK_SIZE, (task + 1) * TASK_SIZE).map(jobPath));
    const pngs = entries.map(({ path, sha256 }, i) => {
      const png = Buffer.from(files[i] ?? '', 'base64');
      if (!own.has(path)) throw refuse(`${path} is no file of it`);
      if (digestOf(png) !== sha256) throw refuse(`${path} is damaged`);
      return png;
    });
    await Promise.all(entries.map(({ path }, i) => write(path, pngs[i]!)));
    await writePart(out, task, entries);
    onDone(task);
  }
}
