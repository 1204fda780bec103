import { join } from 'node:path';
import type { Sample } from '../../../augment/codeBank.js';
import { planOf } from '../../../augment/hallucinateOptions.js';
import { type HallucinationRequest, hallucinationMaker } from '../../../augment/hallucinationMaker.js';
import { imageSpace } from '../../../augment/hallucinationSpace.js';
import type { Banks } from '../../../augment/labelCheck.js';
import { ModelError } from '../../../core/errors.js';
import type { Label, LabeledImage } from '../../../core/image.js';
import { atomicWrite } from '../../../node/files.js';
import { loadModel } from '../../../node/loadModel.js';
import { selectBackend } from '../../../node/selectBackend.js';
import {
  type Jobs,
  jobPath,
  jobsOf,
  type ManifestEntry,
  type ManifestPlan,
  type ParentImage,
} from './manifest.js';
import { digestOf, openParents, type ParentPixels, type ParentReader, pngLike } from './parents.js';
import { bankNumbers } from './plan.js';

/** Number of files of a task, and the most that a thread loses when it is killed. */
export const TASK_SIZE = 256;

/** Images decoded at a time by default. */
export const BATCH_SIZE = 128;

/** A task of a worker thread: some files of the run whose plan is in `out`. */
export interface WorkshopTask {
  readonly out: string;
  readonly task: number;
  readonly batchSize: number;
}

/** Makes files of a plan, with backend, model and data loaded. Codes of a class are kept between its images. */
export interface Workshop {
  /**
   * Makes the files of one task, and returns their lines of the manifest. A hallucination that fails every attempt is left out. The
   * bytes of a file do not depend on the task or the batch size.
   */
  make(task: number, write: WriteFile): Promise<ManifestEntry[]>;
}

/** Keeps a file under its path in the folder. */
export type WriteFile = (path: string, png: Uint8Array) => Promise<void>;

/** Writes files into a folder. */
export const writeInto =
  (out: string): WriteFile =>
  (path, png) =>
    atomicWrite(join(out, path), png);

export async function openWorkshop(plan: ManifestPlan, batchSize: number): Promise<Workshop> {
  const { perClass, until, path, seed, bankSize, labelCheck, detail = 0, backend } = plan.settings;
  await selectBackend(backend);
  const model = await loadModel(plan.model.source);
  if (model.digest !== plan.model.sha256) {
    model.dispose();
    throw new ModelError(`the model ${plan.model.source} was replaced while it was in use`, {
      hint: 'Start again.',
    });
  }
  const jobs: Jobs = jobsOf(plan);
  const parents = await openParents(plan.data, { ...plan.settings, shape: model.imageShape });
  // How many are made is up to the jobs.
  const about = { path, seed, batchSize, bankSize, labelCheck, detail };
  const make = hallucinationMaker(imageSpace(model), planOf({ ...about, perClass: perClass ?? until! }));
  const library = openLibrary(plan, parents);

  async function hallucinate(
    requests: readonly HallucinationRequest[],
    write: WriteFile,
  ): Promise<ManifestEntry[]> {
    const images = make(requests);
    return Promise.all(images.map((image) => writeHallucination(image, library, write)));
  }

  return {
    async make(task, write) {
      const todo = jobs.slice(task * TASK_SIZE, (task + 1) * TASK_SIZE);
      const labels = new Set(todo.flatMap((job) => ('index' in job ? [job.label] : [])));
      const banks = await library.banksOf(labelCheck ? plan.classes.map(({ label }) => label) : labels);
      const entries: ManifestEntry[] = [];
      let requests: HallucinationRequest[] = [];
      const finishBatch = async () => entries.push(...(await hallucinate(requests.splice(0), write)));
      for (const job of todo) {
        if ('original' in job) {
          if (requests.length > 0) await finishBatch();
          entries.push(await writeOriginal(job.original, jobPath(job), parents, write));
          continue;
        }
        const { label, index } = job;
        requests.push({ label, index, samples: banks.get(label)!, banks: labelCheck ? banks : new Map() });
        if (requests.length === batchSize) await finishBatch();
      }
      if (requests.length > 0) await finishBatch();
      requests = [];
      return entries;
    },
  };
}

type ParentSample = Sample & Pick<ParentPixels, 'frame'>;

/** Images of a plan. Those of a class are read when they are first needed, and dropped when they no longer are. */
function openLibrary({ classes, images, settings }: ManifestPlan, parents: ParentReader) {
  const byClass = new Map<Label, Map<number, ParentImage>>(classes.map(({ label }) => [label, new Map()]));
  for (const image of images) byClass.get(image.label)!.set(image.number, image);
  const countOf = new Map(classes.map(({ label, images: count }) => [label, count]));
  let banks = new Map<Label, readonly ParentSample[]>();

  async function readBank(label: Label): Promise<readonly ParentSample[]> {
    const numbers = bankNumbers(label, countOf.get(label)!, settings.bankSize, settings.seed);
    const samples: ParentSample[] = [];
    for (const number of numbers) {
      const { name, sha256 } = byClass.get(label)!.get(number)!;
      const { pixels, frame } = await parents.read(name, sha256);
      samples.push({ label, number, values: pixels, ...(frame === undefined ? {} : { frame }) });
    }
    return samples;
  }

  return {
    nameOf: (label: Label, number: number): string => byClass.get(label)!.get(number)!.name,
    /** The parent of that number of a class whose bank was read last. */
    parentOf: (label: Label, number: number): ParentSample =>
      banks.get(label)!.find((sample) => sample.number === number)!,
    async banksOf(labels: Iterable<Label>): Promise<Banks> {
      const kept = new Map<Label, readonly ParentSample[]>();
      for (const label of labels) kept.set(label, banks.get(label) ?? (await readBank(label)));
      banks = kept;
      return banks;
    },
  };
}

async function writeHallucination(
  image: LabeledImage,
  { nameOf, parentOf }: ReturnType<typeof openLibrary>,
  write: WriteFile,
): Promise<ManifestEntry> {
  const { label, provenance } = image;
  const { parents, path, omega, base, detail, angle, index, seed, model, attempt } = provenance!;
  const place = jobPath({ label, index });
  const png = pngLike(
    image,
    parents.map((number) => parentOf(label, number)),
  );
  await write(place, png);
  return {
    path: place,
    label,
    sha256: digestOf(png),
    parents: parents.map((number) => nameOf(label, number)),
    provenance: {
      parents: [...parents],
      path: path as ManifestPlan['settings']['path'],
      omega: omega!,
      ...(base === undefined ? {} : { base: [...base] }),
      ...(detail === undefined ? {} : { detail }),
      angle: angle!,
      index,
      seed,
      model: model!,
      ...(attempt === undefined ? {} : { attempt }),
    },
  };
}

async function writeOriginal(
  { name, label, sha256 }: ParentImage,
  place: string,
  parents: ParentReader,
  write: WriteFile,
): Promise<ManifestEntry> {
  const { png } = await parents.read(name, sha256);
  await write(place, png);
  return { path: place, label, sha256: digestOf(png), original: name };
}
