import { mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { DataError, FewshotError, UsageError } from '../../core/errors.js';
import { reasonOf } from '../files.js';
import { differenceOf } from './difference.js';

/** Version of files with parts of a work. */
export const PART_SCHEMA = 'fewshot.part/1';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** First line of such a file. */
const headerSchema = v.strictObject({
  schema: v.literal(PART_SCHEMA),
  /** The command that makes the whole result on one machine. */
  command: v.string(),
  /** What all values depend on. */
  about: v.looseObject({ kind: v.string() }),
  /** Number of parts of the whole work. */
  parts: count,
  /** Which of how many files this is, from 1: it has every so many-th part. */
  shard: v.tuple([count, count]),
});
export type PartHeader = v.InferOutput<typeof headerSchema>;

/** The lines between: a part's number and its value. */
const lineSchema = v.tuple([count, v.unknown()]);

/** Last line, once all parts are there. */
const endSchema = v.strictObject({ seconds: v.pipe(v.number(), v.minValue(0)) });

/** Numbers of the parts that a shard has. */
export function partsOf({ parts, shard: [number, of] }: Pick<PartHeader, 'parts' | 'shard'>): number[] {
  return Array.from({ length: Math.ceil((parts - number + 1) / of) }, (_, i) => number - 1 + i * of);
}

/** What is in a file of parts. */
export interface PartFile {
  readonly header: PartHeader;
  readonly values: ReadonlyMap<number, unknown>;
  /** Seconds that all of them took; absent if the work was cut off. */
  readonly seconds?: number;
}

interface ReadFile extends PartFile {
  /** Bytes up to the end of the last line that is whole. */
  readonly whole: number;
}

const hint = 'Name files that --shard wrote.';

/**
 * Reads the text of a file of parts. Of one that was cut off, what is whole.
 *
 * @throws DataError naming the file, if it has no such header
 */
export function parseParts(text: string, name: string): ReadFile {
  let header: PartHeader | undefined;
  let seconds: number | undefined;
  let whole = 0;
  const values = new Map<number, unknown>();
  for (const line of text.split('\n').slice(0, -1)) {
    const read = parsed(line);
    if (header === undefined) {
      const found = v.safeParse(headerSchema, read);
      if (!found.success) break;
      header = found.output;
    } else if (v.is(endSchema, read)) seconds = read.seconds;
    else if (v.is(lineSchema, read)) values.set(read[0], read[1]);
    else break;
    whole += Buffer.byteLength(line) + 1;
  }
  if (header === undefined) throw new DataError(`${name} has no parts of a work`, { hint });
  return { header, values, whole, ...(seconds === undefined ? {} : { seconds }) };
}

/** Reads a file of parts, as {@link parseParts}. */
export async function readPartFile(path: string): Promise<ReadFile> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new DataError(`cannot read ${path}: ${reasonOf(cause)}`, { hint, cause });
  });
  return parseParts(text, path);
}

/** A finished shard as the text of its file. */
export const partText = (header: PartHeader, values: ReadonlyMap<number, unknown>, seconds: number): string =>
  [header, ...values, { seconds }].map((line) => `${JSON.stringify(line)}\n`).join('');

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A file of parts that is being written. */
export interface PartWriter {
  /** Parts that are not in it yet. */
  readonly open: readonly number[];
  /** True if an earlier run finished the file. */
  readonly finished: boolean;
  /** Adds the value of a part. */
  add(part: number, value: unknown): Promise<void>;
  /** Ends the file after the last part. */
  end(seconds: number): Promise<void>;
}

/**
 * Opens a file of parts, and goes on with one that was cut off. Each value is a line, which is whole or, after a crash, dropped.
 *
 * @throws UsageError if the file is of other work, or no such file
 */
export async function openPartFile<Value>(
  path: string,
  header: PartHeader,
  use: (writer: PartWriter) => Promise<Value>,
): Promise<Value> {
  const earlier = await readPartFile(path).catch((error: FewshotError) => {
    if ((error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined;
    throw new UsageError(error.message, { hint: 'Choose another --out.', cause: error });
  });
  if (earlier !== undefined) {
    const difference = differenceOf(earlier.header, JSON.parse(JSON.stringify(header)));
    if (difference !== undefined) {
      throw new UsageError(`${path} has parts of other work: ${difference}`, {
        hint: 'Remove it, or choose another --out.',
      });
    }
    await truncate(path, earlier.whole);
  }
  const failed = (cause: unknown) => new FewshotError(`cannot write ${path}: ${reasonOf(cause)}`, { cause });
  await mkdir(dirname(path), { recursive: true }).catch((cause) => Promise.reject(failed(cause)));
  const file = await open(path, 'a').catch((cause) => Promise.reject(failed(cause)));
  let seconds = 0;
  const write = async (line: unknown) => {
    await file.appendFile(`${JSON.stringify(line)}\n`).catch((cause) => Promise.reject(failed(cause)));
  };
  try {
    if (earlier === undefined) await write(header);
    const known = earlier?.values ?? new Map();
    return await use({
      open: partsOf(header).filter((part) => !known.has(part)),
      finished: earlier?.seconds !== undefined,
      add: (part, value) => write([part, value]),
      async end(found) {
        seconds = found;
        await write({ seconds });
        await file.sync().catch((cause) => Promise.reject(failed(cause)));
      },
    });
  } finally {
    await file.close();
  }
}
