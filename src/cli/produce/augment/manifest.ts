import { open } from 'node:fs/promises';
import * as v from 'valibot';
import { latentPath, pathNames } from '../../../augment/paths.js';
import { DataError } from '../../../core/errors.js';
import type { Label } from '../../../core/image.js';
import { fits } from '../../../data/resize.js';
import { evaluationDataNames } from '../../../evaluate/data.js';
import { reasonOf } from '../../../node/files.js';
import { isFolderPath } from '../../../node/images/imageFolder.js';
import { backendNames } from '../../../node/selectBackend.js';

/** Version of the manifests that this release reads and writes. */
export const MANIFEST_SCHEMA = 'fewshot.manifest/1';

/** Name of the manifest in its folder. */
export const MANIFEST = 'manifest.jsonl';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const label = v.union([v.string(), v.pipe(v.number(), v.finite())]);
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in hexadecimal'));

const parentImage = v.strictObject({
  /** In a folder its place, `cat/001.png`; in a data set or an array `train/` and its place there. */
  name: v.string(),
  label,
  /** Its number among the images of its class, in order of arrival. */
  number: count,
  /** Of the file in a folder; of the values of an image of a data set or an array. */
  sha256,
});

/** Schema of what the first line holds, but for the number of files, which is known only at the end. */
export const planSchema = v.strictObject({
  schema: v.literal(MANIFEST_SCHEMA, `not ${MANIFEST_SCHEMA}, which this release reads`),
  /** The command that makes the files again; `--out` is left to whoever runs it. */
  command: v.string(),
  /** Version of this package. */
  version: v.string(),
  model: v.strictObject({ name: v.string(), source: v.string(), sha256 }),
  settings: v.strictObject({
    perClass: v.pipe(count, v.minValue(1)),
    path: v.picklist(pathNames),
    seed: v.pipe(v.number(), v.safeInteger()),
    bankSize: v.pipe(count, v.minValue(1)),
    labelCheck: v.boolean(),
    /** Absent where nothing is laid back. */
    detail: v.exactOptional(share),
    includeOriginals: v.boolean(),
    backend: v.picklist(backendNames),
    /** How images came into the model's shape; absent where they must have it. */
    fit: v.exactOptional(v.picklist(fits)),
  }),
  data: v.variant('kind', [
    /** Images of one's own: a folder, or a file that lists or holds them. */
    v.strictObject({ kind: v.literal('folder'), root: v.string() }),
    v.strictObject({ kind: v.picklist(evaluationDataNames), split: v.literal('train'), shots: count }),
  ]),
  /** Classes in their order, with how many real images they have. */
  classes: v.array(v.strictObject({ label, images: count })),
  /** Every real image that may be a parent, or is copied. */
  images: v.array(parentImage),
});

/** Schema of a manifest's first line. */
export const headerSchema = v.strictObject({ ...planSchema.entries, files: count });

const fileFields = {
  /** Place of the file beside the manifest: its class's folder and its name. */
  path: v.string(),
  label,
  /** Of the PNG file. */
  sha256,
};

/** Schema of each other line. */
export const entrySchema = v.union([
  v.strictObject({
    ...fileFields,
    /** Names of the images that it was made from, as many as its path takes. */
    parents: v.pipe(v.array(v.string()), v.minLength(1)),
    /** As `replayHallucination` takes it. */
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
    /** Name of the real image that it is. */
    original: v.string(),
  }),
]);

/** What is to be made, from what: all of a manifest's first line but the number of files. */
export type ManifestPlan = v.InferOutput<typeof planSchema>;
export type ManifestHeader = v.InferOutput<typeof headerSchema>;
export type ManifestEntry = v.InferOutput<typeof entrySchema>;
export type ParentImage = v.InferOutput<typeof parentImage>;

/** What is wrong with a value, and where in it. */
export function issueOf(issues: readonly v.BaseIssue<unknown>[]): string {
  const issue = deepest(issues[0]!);
  const place = v.getDotPath(issue);
  return place === null ? issue.message : `${place}: ${issue.message}`;
}

/** Of the branches of a union, what the one that fits best complains about. */
function deepest(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown> {
  const [least] = [...(issue.issues ?? [])].sort((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0));
  return least ?? issue;
}

/** One file to be made. */
export type Job = { readonly label: Label } & (
  | { readonly original: ParentImage }
  | { readonly index: number }
);

/** The files of a plan in the order of its manifest: class by class, the real images first. */
export interface Jobs {
  readonly count: number;
  /** Jobs `from` … `to − 1`. */
  slice(from: number, to: number): Job[];
}

/** Lists what a plan asks for. A class with too few images for the path gets its real ones alone. */
export function jobsOf({ classes, images, settings }: ManifestPlan): Jobs {
  const needed = latentPath(settings.path).samplesNeeded;
  const imagesOf = new Map<Label, ParentImage[]>(classes.map(({ label }) => [label, []]));
  if (settings.includeOriginals) for (const image of images) imagesOf.get(image.label)?.push(image);
  let count = 0;
  const parts = classes.map(({ label, images: own }) => {
    const originals = imagesOf.get(label)!;
    const start = count;
    count += originals.length + (own >= needed ? settings.perClass : 0);
    return { label, originals, start, end: count };
  });
  const jobAt = ({ label, originals, start }: (typeof parts)[number], place: number): Job => {
    const original = originals[place - start];
    return original === undefined ? { label, index: place - start - originals.length } : { label, original };
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

/** Where a job's file lies in its folder: `3/000017.png`, `cat/original-whiskers.png`. */
export function placeOf(job: Job): string {
  if ('index' in job) return `${job.label}/${String(job.index).padStart(6, '0')}.png`;
  return `${job.label}/original-${fileName(job.original)}`;
}

/** That of a file in its class's folder, or the place in an array; of another file its number in its class, as names could meet. */
function fileName({ name, label, number }: ParentImage): string {
  const [file, folder] = name.split('/').reverse();
  if (folder !== String(label) && !/^\w+\/\d+$/.test(name)) return `${String(number).padStart(6, '0')}.png`;
  return /\.png$/i.test(file!) ? file! : `${file}.png`;
}

/** Whether a file in a class's folder has a name that `placeOf` gives, or is one of these on its way to the disk. */
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
 * Reads the other lines one by one. No path in them leads out of the manifest's folder, and each parent is one that the
 * header lists.
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

/** What an entry says that its manifest's header does not allow. */
function faultOf(
  entry: ManifestEntry,
  header: ManifestHeader,
  parents: ReadonlyMap<string, ParentImage>,
): string | undefined {
  const { path, label } = entry;
  if (!isFolderPath(path) || path.split('/')[0] !== String(label))
    return `its place is not in the folder of its class, ${String(label)}`;
  const isParent = (name: string, number?: number): boolean => {
    const parent = parents.get(name);
    return parent?.label === label && (number === undefined || parent.number === number);
  };
  if ('original' in entry)
    return isParent(entry.original) ? undefined : `the header has no image ${entry.original} of its class`;
  const { provenance } = entry;
  const { samplesNeeded: needed, baseNeeded, reach: [least, most] = [0, 1] } = latentPath(provenance.path);
  if (provenance.omega < least || provenance.omega > most)
    return `provenance.omega: ${provenance.omega} is no place of ${provenance.path}, which has ${least} to ${most}`;
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
