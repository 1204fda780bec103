import { join } from 'node:path';
import { UsageError } from '../../src/core/errors.js';
import { version } from '../../src/core/version.js';
import { atomicWrite, removeTemporaryFiles } from '../../src/node/files.js';
import { whileFolderLocked } from '../../src/node/lock.js';
import type { BackendInfo } from '../../src/node/selectBackend.js';
import type { ResultHead } from './exhibit.js';
import { type ExhibitName, exhibits } from './exhibits.js';
import { openLab } from './lab.js';
import { outstanding } from './outstanding.js';
import { full, quick, type Scale } from './recipes.js';
import { placeOf } from './redraw.js';

export interface ReproduceOptions {
  /** Names of exhibits, made in that order. */
  readonly names: readonly ExhibitName[];
  /** A small run instead of the full one. */
  readonly quick: boolean;
  /** Folder of results. */
  readonly out: string;
  /** Folder of encoders and parts, from which a run that was cut off goes on. */
  readonly work: string;
  /** Replace results that are there. */
  readonly force: boolean;
  /** Keep what results that are there hold, and make what they lack. Default: false. */
  readonly extend?: boolean;
  readonly backend: BackendInfo;
  /** The command that makes an exhibit, or `all` of them, as results and cards record it. */
  readonly commandOf: (name: string) => string;
  /** Threads that render. Default: 1. */
  readonly workers?: number;
  readonly onProgress?: (what: string, done: number, total: number) => void;
  /** Is told of each result that an earlier run of the same command wrote, and that stays. */
  readonly onKept?: (file: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Makes tables and figures of the poster: trains the encoders that are not there yet, measures, and writes the result as
 * JSON and what is drawn from it beside it. A run that was cut off goes on with those that it had not written.
 *
 * @returns the files, in the order they were written
 * @throws UsageError when all results are there, or one that was made otherwise, and `force` is off; or when another run
 *   writes `out` or `work` now; or when one of `names` is made as a whole and `extend` is on
 */
export async function reproduce(options: ReproduceOptions): Promise<string[]> {
  const scale = options.quick ? quick : full;
  const fixed = options.names.find((name) => !exhibits[name].extensible);
  if (options.extend && fixed !== undefined) {
    throw new UsageError(`${fixed} is made as a whole and cannot be extended`, {
      hint: 'Replace it with --force.',
    });
  }
  const work = join(options.work, scale.name);
  return whileFolderLocked(options.out, () =>
    whileFolderLocked(work, () => reproduceAlone(options, scale, work)),
  );
}

async function reproduceAlone(options: ReproduceOptions, scale: Scale, work: string): Promise<string[]> {
  const { names, out, force, extend = false, backend, commandOf, onProgress, onKept, signal } = options;
  const headOf = (name: ExhibitName): ResultHead => ({
    schema: exhibits[name].schema,
    command: commandOf(name),
    scale: scale.name,
    seeds: exhibits[name].seeds ?? scale.seeds,
    backend: backend.name,
    versions: { 'fewshot-atnl': version, ...backend.versions },
  });
  const wanted = await outstanding({
    names,
    out,
    force,
    extend,
    headOf,
    ...(onKept === undefined ? {} : { onKept }),
  });
  const lab = openLab({
    work,
    scale,
    backend,
    command: commandOf(names.length === 1 ? names[0]! : 'all'),
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  });
  const written: string[] = [];
  for (const { name, before } of wanted) {
    const { result, files } = await exhibits[name].make(lab, headOf(name), before);
    signal?.throwIfAborted();
    await removeTemporaryFiles(join(out, name));
    for (const [ending, content] of Object.entries(files)) {
      const file = placeOf(out, name, ending);
      await atomicWrite(file, content);
      written.push(file);
    }
    // Last: where the JSON is, all of it is.
    const json = join(out, `${name}.json`);
    await atomicWrite(json, `${JSON.stringify(result)}\n`);
    written.push(json);
  }
  return written;
}
