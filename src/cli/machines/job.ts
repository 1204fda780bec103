import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { PART_SCHEMA, type PartHeader } from '../../node/parts/partFile.js';

/** Version of what is put on a queue. */
const JOB_SCHEMA = 'fewshot.job/1';

/** Names that all machines share. */
export const [PREFIX, QUEUE] = ['fewshot', 'work'];

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A job: the shard of a work, whose values a worker puts into the store. */
export const jobSchema = v.strictObject({
  schema: v.literal(JOB_SCHEMA),
  command: v.string(),
  about: v.looseObject({ kind: v.string(), settings: v.looseObject({}) }),
  parts: count,
  shard: v.tuple([count, count]),
});
export type Job = v.InferOutput<typeof jobSchema>;

/** SHA-256 of a value as JSON with its keys in order. */
export function digestOf(value: unknown): string {
  const sorted = (_: string, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each;
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('hex');
}

/** What tells a work from others. */
export const digestOfWork = ({
  about,
  parts,
  shard: [, of],
}: Pick<Job, 'about' | 'parts' | 'shard'>): string => digestOf({ about, parts, of });

export const jobOf = ({ schema: _, ...header }: PartHeader): Job => ({
  schema: JOB_SCHEMA,
  ...(header as Omit<Job, 'schema'>),
});

export const headerOf = ({ schema: _, ...job }: Job): PartHeader => ({ schema: PART_SCHEMA, ...job });

/** Name of a shard's result in a store. */
export const resultName = (digest: string, number: number): string => `${digest.slice(0, 32)}/${number}.part`;

/** Identity of a job: the same settings and unit have the same on every machine. */
export const idOf = (digest: string, number: number): string => digestOf([digest, number]);
