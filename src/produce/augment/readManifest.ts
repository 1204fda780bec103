import { open } from 'node:fs/promises';
import * as v from 'valibot';
import { latentPath } from '../../augment/index.js';
import { DataError } from '../../core/index.js';
import { isFolderPath } from '../../data/imageFolder.js';
import { reasonOf } from '../../files/index.js';
import {
  entrySchema,
  headerSchema,
  issueOf,
  type ManifestEntry,
  type ManifestHeader,
  type ParentImage,
} from './manifest.js';

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
