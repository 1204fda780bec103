import * as v from 'valibot';
import { pathNames } from '../../augment/index.js';
import { backendNames } from '../../backend/index.js';
import { fits } from '../../data/index.js';
import { evaluationDataNames } from '../../evaluate/data.js';

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
