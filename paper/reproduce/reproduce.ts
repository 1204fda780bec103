import { join } from 'node:path';
import type { Shard } from '../../src/cli/machines/shard.js';
import { assertWhole, fillWorkShard, type WorkShard } from '../../src/cli/machines/workFolder.js';
import { UsageError } from '../../src/core/errors.js';
import { version } from '../../src/core/version.js';
import { atomicWrite, removeTemporaryFiles } from '../../src/node/files.js';
import { whileFolderLocked } from '../../src/node/lock.js';
import type { BackendInfo } from '../../src/node/selectBackend.js';
import type { ResultHead } from './exhibit.js';
import { type ExhibitName, exhibits } from './exhibits.js';
import { type Lab, openLab } from './lab.js';
import { outstanding } from './outstanding.js';
import { piecesOf } from './pieces.js';
import { full, quick, type Scale } from './recipes.js';

interface WorkOptions {
  /** Names of exhibits, made in that order. */
  readonly names: readonly ExhibitName[];
  /** A small run instead of the full one. */
  readonly quick: boolean;
  /** Folder of encoders and finished parts, from which an interrupted run resumes. */
  readonly work: string;
  readonly backend: BackendInfo;
  /** The command that makes an exhibit, or `all` of them, as results and cards record it. */
  readonly commandOf: (name: string) => string;
  /** Threads that render. Default: 1. */
  readonly workers?: number;
  readonly onProgress?: (what: string, done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface ReproduceOptions extends WorkOptions {
  /** Folder of results. */
  readonly out: string;
  /** Replace existing results. */
  readonly force: boolean;
  /** Keep existing results and make only what they lack. Default: false. */
  readonly extend?: boolean;
  /** Called for each result of an earlier run of the same command that is kept. */
  readonly onKept?: (file: string) => void;
}

const scaleOf = (options: WorkOptions): Scale => (options.quick ? quick : full);
const folderOf = (options: WorkOptions) => join(options.work, scaleOf(options).name);
const commandOf = ({ names, commandOf }: WorkOptions) => commandOf(names.length === 1 ? names[0]! : 'all');
const versionsOf = ({ backend }: WorkOptions) => ({ 'fewshot-atnl': version, ...backend.versions });

/** What encoders and parts depend on beside their own settings. */
function aboutOf(options: WorkOptions): WorkShard['about'] {
  const { name, arithmetic } = options.backend;
  return {
    ...{ kind: 'reproduce', scale: scaleOf(options).name, backend: name },
    ...(arithmetic === undefined ? {} : { arithmetic }),
    versions: versionsOf(options),
  };
}

function labFor(options: WorkOptions): Lab {
  const { backend, workers, onProgress, signal } = options;
  return openLab({
    work: folderOf(options),
    scale: scaleOf(options),
    backend,
    command: commandOf(options),
    ...(workers === undefined ? {} : { workers }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/**
 * Does a shard of the costly work of exhibits, or what an earlier run left of it. When the work folders of all shards are joined,
 * `reproduce` finds everything there.
 *
 * @throws UsageError if `work` holds anything else, or if there are too many shards
 */
export async function reproduceShard(options: WorkOptions & { readonly shard: Shard }): Promise<void> {
  const lab = labFor(options);
  const pieces = piecesOf(
    options.names.flatMap((name) => exhibits[name].pieces(lab)),
    options.shard,
  );
  const work: WorkShard = {
    command: commandOf(options),
    about: aboutOf(options),
    shard: [...options.shard],
  };
  await fillWorkShard(options.work, work, async () => {
    for (const piece of pieces) {
      options.signal?.throwIfAborted();
      await piece.make();
    }
  });
}

/**
 * Makes tables and figures of the poster: trains missing encoders, measures, and writes each result as JSON, with pages and pictures
 * drawn from it. An interrupted run continues with the results that it had not written.
 *
 * @returns the files, in the order they were written
 * @throws UsageError if all results exist, or one that was made differently, and `force` is off; if another run is writing `out` or
 *   `work`; if `work` holds a shard, or other work joined; or if one of `names` cannot be extended and `extend` is on
 */
export async function reproduce(options: ReproduceOptions): Promise<string[]> {
  const fixed = options.names.find((name) => !exhibits[name].extensible);
  if (options.extend && fixed !== undefined) {
    throw new UsageError(`${fixed} is made as a whole and cannot be extended`, {
      hint: 'Replace it with --force.',
    });
  }
  await assertWhole(options.work, aboutOf(options));
  return whileFolderLocked(options.out, () =>
    whileFolderLocked(folderOf(options), () => reproduceAlone(options)),
  );
}

async function reproduceAlone(options: ReproduceOptions): Promise<string[]> {
  const { names, out, force, extend = false, backend, onKept, signal } = options;
  const scale = scaleOf(options);
  const headOf = (name: ExhibitName): ResultHead => ({
    schema: exhibits[name].schema,
    command: options.commandOf(name),
    scale: scale.name,
    seeds: exhibits[name].seeds ?? scale.seeds,
    backend: backend.name,
    versions: versionsOf(options),
  });
  const wanted = await outstanding({
    names,
    out,
    force,
    extend,
    headOf,
    ...(onKept === undefined ? {} : { onKept }),
  });
  const lab = labFor(options);
  const written: string[] = [];
  for (const { name, before } of wanted) {
    const { result, files } = await exhibits[name].make(lab, headOf(name), before);
    signal?.throwIfAborted();
    await removeTemporaryFiles(join(out, name));
    for (const [ending, content] of Object.entries(files)) {
      const file = fileOf(out, name, ending);
      await atomicWrite(file, content);
      written.push(file);
    }
    // The JSON is last, so that a result is complete if its JSON exists.
    const json = join(out, `${name}.json`);
    await atomicWrite(json, `${JSON.stringify(result)}\n`);
    written.push(json);
  }
  return written;
}

/** Path of a drawn file by its ending: `table1.md`, `figure5-mnist-2d.svg`. */
const fileOf = (out: string, name: ExhibitName, ending: string) =>
  join(out, /^\w+$/.test(ending) ? `${name}.${ending}` : `${name}-${ending}`);

export interface RedrawOptions {
  /** Names of exhibits, drawn in that order. */
  readonly names: readonly ExhibitName[];
  /** Folder of results. */
  readonly out: string;
}

/**
 * Draws tables and figures again from existing results. Nothing is trained or measured, and nothing is written before everything is
 * drawn.
 *
 * @returns the files, in the order they were written
 * @throws DataError for a result that is missing, damaged, or of another schema
 */
export async function redraw({ names, out }: RedrawOptions): Promise<string[]> {
  const drawn: { readonly file: string; readonly content: string }[] = [];
  for (const name of names) {
    const files = await exhibits[name].redraw(join(out, `${name}.json`));
    for (const [ending, content] of Object.entries(files)) {
      drawn.push({ file: fileOf(out, name, ending), content });
    }
  }
  for (const { file, content } of drawn) await atomicWrite(file, content);
  return drawn.map(({ file }) => file);
}
