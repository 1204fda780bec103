import { join } from 'node:path';
import { replayHallucination } from '../../../augment/replayHallucination.js';
import { DataError, ModelError, UsageError } from '../../../core/errors.js';
import type { LabeledImage } from '../../../core/image.js';
import type { Model } from '../../../models/model.js';
import { atomicWrite } from '../../../node/files.js';
import { loadModel } from '../../../node/loadModel.js';
import { whileFolderLocked } from '../../../node/lock.js';
import { type BackendRequest, selectBackend } from '../../../node/selectBackend.js';
import { type ManifestEntry, type ManifestHeader, readEntries, readHeader } from './manifest.js';
import { assertEmpty } from './outFolder.js';
import { digestOf, openParents, type ParentPixels, type ParentReader, pngLike } from './parents.js';

export interface ReplayOptions {
  /** The `manifest.jsonl` of an augmented folder. */
  readonly manifest: string;
  /** Output folder, empty or new. */
  readonly out: string;
  /** Paths of files as the manifest lists them. Default: all. */
  readonly files?: readonly string[];
  /** Current path of the image folder. Default: as recorded. */
  readonly data?: string;
  /** Current path of the model. Default: as recorded. */
  readonly model?: string;
  /** Default: the backend that made the files. */
  readonly backend?: BackendRequest;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** A file that could not be made again, or differs. */
export interface ReplayFault {
  readonly path: string;
  readonly reason: string;
}

export interface Replay {
  /** Number of files that are equal byte for byte. */
  readonly same: number;
  readonly faults: readonly ReplayFault[];
  readonly header: ManifestHeader;
}

/**
 * Makes files of an augmented folder again, each from its line of the manifest and its parents, and compares their SHA-256. A file
 * that differs is written too, for inspection.
 *
 * The manifest is checked to its end before anything is written.
 *
 * @throws DataError for a manifest that is broken, UsageError for files that it does not list or an `out` that is not
 *   empty or that another run writes now, ModelError for another model; files whose parents are missing or changed are faults, not errors
 */
export function replayFiles(options: ReplayOptions): Promise<Replay> {
  return whileFolderLocked(options.out, () => replayAlone(options));
}

async function replayAlone(options: ReplayOptions): Promise<Replay> {
  const { manifest, out, onProgress, signal } = options;
  await assertEmpty(out);
  const { header, wanted } = await check(options);
  const { data } = header;
  const root = data.kind === 'folder' ? { ...data, root: options.data ?? data.root } : data;
  const { backend, arithmetic = 'plain' } = header.settings;
  await selectBackend(options.backend ?? backend, { arithmetic });
  const model = await loadModel(options.model ?? sourceOf(header, manifest));
  try {
    assertModel(model, header);
    const parents = await openParents(root, { ...header.settings, shape: model.imageShape });
    const digests = new Map(header.images.map(({ name, sha256 }) => [name, sha256]));
    const faults: ReplayFault[] = [];
    let done = 0;
    for await (const entry of readEntries(manifest, header)) {
      if (wanted !== undefined && !wanted.has(entry.path)) continue;
      signal?.throwIfAborted();
      const fault = await replay(entry, { digests, parents, model, out });
      if (fault !== undefined) faults.push({ path: entry.path, reason: fault });
      done++;
      onProgress?.(done, wanted?.size ?? header.files);
    }
    return { same: done - faults.length, faults, header };
  } finally {
    model.dispose();
  }
}

/** Reads the whole manifest once, and checks that it lists the requested files. */
async function check({ manifest, files }: ReplayOptions) {
  const wanted = files === undefined ? undefined : new Set(files);
  const missing = new Set(wanted);
  const header = await readHeader(manifest);
  for await (const { path } of readEntries(manifest, header)) missing.delete(path);
  const [unknown] = missing;
  if (unknown === undefined) return { header, wanted };
  throw new UsageError(`${manifest} lists no file ${unknown}`, {
    hint: 'Give paths as they stand there, such as 3/000017.png.',
  });
}

/** Path of the model. A manifest may come from anyone, so a URL in it is not loaded unless the user names it. */
function sourceOf({ model }: ManifestHeader, manifest: string): string {
  if (!/^https?:/i.test(model.source)) return model.source;
  throw new UsageError(`${manifest} names a model at ${model.source}, which is not loaded by itself`, {
    hint: `If you trust it, give --model ${model.source}.`,
  });
}

function assertModel(model: Model, header: ManifestHeader): void {
  if (model.digest === header.model.sha256) return;
  const short = (sha256: string) => `${sha256.slice(0, 12)}…`;
  throw new ModelError(
    `the files were made by the model ${header.model.name}, ${short(header.model.sha256)}, but this one is ${short(model.digest)}`,
    { hint: 'Name the model file of that SHA-256 with --model.' },
  );
}

interface Tools {
  /** SHA-256 of each parent, by its name. */
  readonly digests: ReadonlyMap<string, string>;
  readonly parents: ParentReader;
  readonly model: Model;
  readonly out: string;
}

/** Makes one file again. Returns the reason if it fails or differs. */
async function replay(entry: ManifestEntry, { digests, parents, model, out }: Tools) {
  const { label } = entry;
  let png: Uint8Array;
  try {
    if ('original' in entry) {
      png = (await parents.read(entry.original, digests.get(entry.original))).png;
    } else {
      const images: (LabeledImage & ParentPixels)[] = [];
      for (const name of entry.parents)
        images.push({ ...(await parents.read(name, digests.get(name))), label });
      png = pngLike(replayHallucination(model, images, entry.provenance), images);
    }
  } catch (error) {
    if (error instanceof DataError) return `not made, as ${error.message}`;
    throw error;
  }
  await atomicWrite(join(out, entry.path), png);
  const sha256 = digestOf(png);
  return sha256 === entry.sha256
    ? undefined
    : `made, but its SHA-256 is ${sha256.slice(0, 12)}… instead of ${entry.sha256.slice(0, 12)}…`;
}
