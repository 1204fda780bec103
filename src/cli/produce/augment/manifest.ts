import { open } from 'node:fs/promises';
import * as v from 'valibot';
import { latentPath, pathNames } from '../../../augment/paths.js';
import { backgroundSchema } from '../../../core/background.js';
import { DataError } from '../../../core/errors.js';
import type { Label } from '../../../core/image.js';
import { fits } from '../../../data/resize.js';
import { evaluationDataNames } from '../../../evaluate/data.js';
import { reasonOf } from '../../../node/files.js';
import { layouts } from '../../../node/images/catalog.js';
import { isFolderPath } from '../../../node/images/insidePath.js';
import { backendNames } from '../../../node/selectBackend.js';

/** Version of the manifests that this release reads and writes. */
export const MANIFEST_SCHEMA = 'fewshot.manifest/1';

/** Name of the manifest in its folder. */
export const MANIFEST = 'manifest.jsonl';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const atLeastOne = v.pipe(count, v.minValue(1));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const label = v.union([v.string(), v.pipe(v.number(), v.finite())]);
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in hexadecimal'));

const parentImage = v.strictObject({
  /** Path in a folder, `cat/001.png`; in a data set or an array `train/` and the index. */
  name: v.string(),
  label,
  /** Index among the images of its class. */
  number: count,
  /** Of the file in a folder, or of the values of an image of a data set or an array. */
  sha256,
});

/** Schema of the first line without the number of files, which is known only at the end. */
export const planSchema = v.strictObject({
  schema: v.literal(MANIFEST_SCHEMA, `not ${MANIFEST_SCHEMA}, which this release reads`),
  /** The command that makes the files again, without `--out`. */
  command: v.string(),
  /** Version of this package. */
  version: v.string(),
  model: v.strictObject({ name: v.string(), source: v.string(), sha256 }),
  settings: v.pipe(
    v.strictObject({
      /** Images made of each class. Absent if there is `until`. */
      perClass: v.exactOptional(atLeastOne),
      /** Images that each class is filled up to, real ones counted. */
      until: v.exactOptional(atLeastOne),
      path: v.picklist(pathNames),
      seed: v.pipe(v.number(), v.safeInteger()),
      bankSize: atLeastOne,
      labelCheck: v.boolean(),
      /** Share of the residual that is added. Absent for none. */
      detail: v.exactOptional(share),
      includeOriginals: v.boolean(),
      backend: v.picklist(backendNames),
      /** How wasm computed. Absent for other backends, and for `plain`, which all did before there was a choice. */
      arithmetic: v.exactOptional(v.literal('fma')),
      /** Resizing of images to the model's shape. Absent if they must have it. */
      fit: v.exactOptional(v.picklist(fits)),
      /** Drawings are written as the model sees them. Absent if they are as their parents. */
      asSeen: v.exactOptional(v.literal(true)),
      /** Color behind transparency and in bars. Absent for black. */
      background: v.exactOptional(backgroundSchema),
      /** Order of the axes in an array of images. Absent if its shape tells. */
      layout: v.exactOptional(v.picklist(layouts)),
    }),
    v.check(
      ({ perClass, until }) => (perClass === undefined) !== (until === undefined),
      'must hold perClass or until, and one of them',
    ),
  ),
  data: v.variant('kind', [
    /** The user's images: a folder, or a file that lists or holds them. */
    v.strictObject({ kind: v.literal('folder'), root: v.string() }),
    v.strictObject({ kind: v.picklist(evaluationDataNames), split: v.literal('train'), shots: count }),
  ]),
  /** Classes in their order, with their numbers of real images. */
  classes: v.array(v.strictObject({ label, images: count })),
  /** Every real image that may be a parent, or is copied. */
  images: v.array(parentImage),
});

/** Schema of a manifest's first line. */
export const headerSchema = v.strictObject({ ...planSchema.entries, files: count });

const fileFields = {
  /** Path of the file relative to the manifest: its class's folder and its name. */
  path: v.string(),
  label,
  /** Of the PNG file. */
  sha256,
};

/** Schema of each other line. */
export const entrySchema = v.union([
  v.strictObject({
    ...fileFields,
    /** Names of its parents, as many as its path takes. */
    parents: v.pipe(v.array(v.string()), v.minLength(1)),
    /** Argument of `replayHallucination`. */
    provenance: v.strictObject({
      parents: v.pipe(v.array(count), v.minLength(1)),
      path: v.picklist(pathNames),
      omega: v.pipe(v.number(), v.finite()),
      base: v.exactOptional(v.array(count)),
      detail: v.exactOptional(share),
      angle: v.pipe(v.number(), v.finite()),
      index: count,
      seed: v.pipe(v.number(), v.safeInteger()),
      model: sha256,
      attempt: v.exactOptional(count),
    }),
  }),
  v.strictObject({
    ...fileFields,
    /** Name of the copied image. */
    original: v.string(),
  }),
]);

/** Parents and settings of a run: a manifest's first line without the number of files. */
export type ManifestPlan = v.InferOutput<typeof planSchema>;
export type ManifestHeader = v.InferOutput<typeof headerSchema>;
export type ManifestEntry = v.InferOutput<typeof entrySchema>;
export type ParentImage = v.InferOutput<typeof parentImage>;

/** Message of the first issue, with its path in the value. */
export function issueOf(issues: readonly v.BaseIssue<unknown>[]): string {
  const issue = deepest(issues[0]!);
  const path = v.getDotPath(issue);
  return path === null ? issue.message : `${path}: ${issue.message}`;
}

/** The issue of the branch of a union that fits best. */
function deepest(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown> {
  const [least] = [...(issue.issues ?? [])].sort((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0));
  return least ?? issue;
}

/** One file to be made. */
export type Job = { readonly label: Label } & (
  | {
      readonly original: ParentImage;
      /** Name of its copy, if another image of the class has its own name. */
      readonly file?: string;
    }
  | { readonly index: number }
);

/** The files of a plan in the order of its manifest: class by class, the real images first. */
export interface Jobs {
  readonly count: number;
  /** Jobs `from` … `to − 1`. */
  slice(from: number, to: number): Job[];
}

/** Settings that the number of images of a class depends on. */
export type Amount = Pick<ManifestPlan['settings'], 'perClass' | 'until' | 'path'>;

/** Number of images to make of a class with so many real ones: none of too few for the path. */
export function dueOf({ perClass, until = 0, path }: Amount, real: number): number {
  if (real < latentPath(path).samplesNeeded) return 0;
  return perClass ?? Math.max(0, until - real);
}

/** Lists the files of a plan. A class of which nothing is to be made gets its real images only. */
export function jobsOf({ classes, images, settings }: ManifestPlan): Jobs {
  const imagesOf = new Map<Label, ParentImage[]>(classes.map(({ label }) => [label, []]));
  if (settings.includeOriginals) for (const image of images) imagesOf.get(image.label)?.push(image);
  let count = 0;
  const parts = classes.map(({ label, images: own }) => {
    const originals = imagesOf.get(label)!;
    const start = count;
    count += originals.length + dueOf(settings, own);
    return { label, originals, renamed: renamedAmong(originals), start, end: count };
  });
  const jobAt = ({ label, originals, renamed, start }: (typeof parts)[number], i: number): Job => {
    const original = originals[i - start];
    if (original === undefined) return { label, index: i - start - originals.length };
    const file = renamed.get(original);
    return { label, original, ...(file === undefined ? {} : { file }) };
  };
  return {
    count,
    slice: (from, to) =>
      parts.flatMap((part) => {
        const first = Math.max(from, part.start);
        const length = Math.max(0, Math.min(to, part.end) - first);
        return Array.from({ length }, (_, i) => jobAt(part, first + i));
      }),
  };
}

/** New names for images of a class that are called as one before them is, in another folder: their number comes first. */
function renamedAmong(originals: readonly ParentImage[]): ReadonlyMap<ParentImage, string> {
  const taken = new Set<string>();
  const renamed = new Map<ParentImage, string>();
  for (const original of originals) {
    let file = fileName(original);
    while (taken.has(file)) {
      file = `${numberOf(original)}-${file}`;
      renamed.set(original, file);
    }
    taken.add(file);
  }
  return renamed;
}

/** Path of a job's file: `3/000017.png`, `cat/original-whiskers.png`. */
export function jobPath(job: Job): string {
  if ('index' in job) return `${job.label}/${String(job.index).padStart(6, '0')}.png`;
  return `${job.label}/original-${job.file ?? fileName(job.original)}`;
}

/** Name of a file in its class's folder, or index in an array. Names of other files could collide, so they get their number in the class. */
function fileName(image: ParentImage): string {
  const { name, label } = image;
  const [file, folder] = name.split('/').reverse();
  if (folder !== String(label) && !/^\w+\/\d+$/.test(name)) return `${numberOf(image)}.png`;
  return /\.png$/i.test(file!) ? file! : `${file}.png`;
}

const numberOf = ({ number }: ParentImage): string => String(number).padStart(6, '0');

/** True for the name of a file in a class's folder that a run wrote, temporary files included. */
export function isOwnName(file: string): boolean {
  return /^(\d{6,}|original-.*)\.png(\.\d+\.tmp)?$/i.test(file);
}

const hint = 'Take the manifest as `fewshot augment` wrote it.';

/** Reads a manifest's first line. Throws a `DataError` naming file and line when it is no manifest. */
export async function readHeader(path: string): Promise<ManifestHeader> {
  for await (const line of linesOf(path)) return parseLine(headerSchema, line, `${path}, line 1`);
  throw new DataError(`${path}, line 1: the file is empty`, { hint });
}

/**
 * Reads the other lines one by one. Paths stay within the manifest's folder, and every parent is listed in the header.
 *
 * @throws DataError naming the file and the line that is wrong; for missing lines, after the last one
 */
export async function* readEntries(
  path: string,
  header: ManifestHeader,
): AsyncGenerator<ManifestEntry, void, undefined> {
  const parents = new Map(header.images.map((image) => [image.name, image]));
  const seen = new Set<string>();
  let number = 0;
  for await (const line of linesOf(path)) {
    if (++number === 1) continue;
    const where = `${path}, line ${number}`;
    const entry = parseLine(entrySchema, line, where);
    const fault = seen.has(entry.path) ? 'the file is listed twice' : faultOf(entry, header, parents);
    if (fault !== undefined) throw new DataError(`${where} (${entry.path}): ${fault}`, { hint });
    seen.add(entry.path);
    yield entry;
  }
  if (seen.size === header.files) return;
  throw new DataError(
    `${path}, line ${number + 1}: the header announces ${header.files} files, but ${seen.size} are listed`,
    { hint },
  );
}

/** Contradiction between an entry and its manifest's header, if there is any. */
function faultOf(
  entry: ManifestEntry,
  header: ManifestHeader,
  parents: ReadonlyMap<string, ParentImage>,
): string | undefined {
  const { path, label } = entry;
  if (!isFolderPath(path) || path.split('/')[0] !== String(label))
    return `its path is not in the folder of its class, ${String(label)}`;
  const isParent = (name: string, number?: number): boolean => {
    const parent = parents.get(name);
    return parent?.label === label && (number === undefined || parent.number === number);
  };
  if ('original' in entry)
    return isParent(entry.original) ? undefined : `the header has no image ${entry.original} of its class`;
  const { provenance } = entry;
  const { samplesNeeded: needed, baseNeeded, reach: [least, most] = [0, 1] } = latentPath(provenance.path);
  if (provenance.omega < least || provenance.omega > most)
    return `provenance.omega: ${provenance.omega} is not on ${provenance.path}, which has ω from ${least} to ${most}`;
  if (entry.parents.length !== needed || provenance.parents.length !== needed)
    return `it lists ${entry.parents.length} parents, but ${provenance.path} takes ${needed}`;
  const { base = [] } = provenance;
  if (base.length !== baseNeeded)
    return `provenance.base: it lists ${base.length} base codes, but ${provenance.path} takes ${baseNeeded}`;
  const stray = entry.parents.find((name, i) => !isParent(name, provenance.parents[i]));
  if (stray !== undefined) return `the header has no image ${stray} of its class under that number`;
  return provenance.model === header.model.sha256 ? undefined : 'another model than the header’s made it';
}

function parseLine<Schema extends v.GenericSchema>(
  schema: Schema,
  line: string,
  where: string,
): v.InferOutput<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new DataError(`${where}: it is not JSON`, { hint, cause });
  }
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) throw new DataError(`${where}: ${issueOf(parsed.issues)}`, { hint });
  return parsed.output;
}

async function* linesOf(path: string): AsyncGenerator<string, void, undefined> {
  const refuse = (reason: string, cause?: unknown) =>
    new DataError(`cannot read ${path}: ${reason}`, { hint: 'Name a manifest.jsonl.', cause });
  const file = await open(path).catch((cause: unknown) => {
    throw refuse(reasonOf(cause), cause);
  });
  try {
    if (!(await file.stat()).isFile()) throw refuse('it is no file');
    yield* file.readLines({ encoding: 'utf8' });
  } finally {
    await file.close();
  }
}
