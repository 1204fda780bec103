import { UsageError } from '../core/errors.js';
import type { Label } from '../core/image.js';

/** Classes whose folders lie in one folder: `Greek/alpha`, `Greek/beta`; or those of a run. */
export interface ClassFolder {
  /** Path of that folder below the data: `Greek`. */
  readonly name: string;
  readonly classes: readonly Label[];
}

/** Classes by the folder that theirs lie in, in their order. Throws a `UsageError` for a class that lies in none. */
export function classFolders(classes: readonly Label[], data: string): ClassFolder[] {
  const folders = new Map<string, Label[]>();
  for (const label of classes) {
    const end = String(label).lastIndexOf('/');
    if (end < 0) {
      throw new UsageError(`the class ${label} of ${data} lies in no folder of classes`, {
        hint: 'Name a folder of such folders, as Greek/alpha/001.png in it, or leave out within.',
        option: 'within',
      });
    }
    const name = String(label).slice(0, end);
    const own = folders.get(name);
    if (own === undefined) folders.set(name, [label]);
    else own.push(label);
  }
  return Array.from(folders, ([name, own]) => ({ name, classes: own }));
}

/** Default number of classes of an episode: as many as each folder of at least two has, up to 20. */
export function waysWithin(folders: readonly ClassFolder[]): number {
  const sizes = folders.map(({ classes }) => classes.length).filter((size) => size >= 2);
  return sizes.length === 0 ? 2 : Math.min(MOST_WAYS, ...sizes);
}

const MOST_WAYS = 20;

/**
 * The folders with enough classes for an episode, and a note on the others.
 *
 * @throws UsageError when none has enough
 */
export function foldersWithEnough(
  folders: readonly ClassFolder[],
  ways: number,
): { readonly folders: readonly ClassFolder[]; readonly notes: readonly string[] } {
  const sizeOf = ({ name, classes }: ClassFolder) => `${name} (${classes.length})`;
  const enough = folders.filter(({ classes }) => classes.length >= ways);
  const short = folders.filter(({ classes }) => classes.length < ways);
  if (enough.length === 0) {
    const most = Math.max(0, ...short.map(({ classes }) => classes.length));
    throw new UsageError(`${ways} ways are asked for within a folder, but no folder has as many classes`, {
      hint: `Ask for at most ${most} ways: ${short.slice(0, MOST_NAMED).map(sizeOf).join(', ')}.`,
      option: 'ways',
    });
  }
  const named =
    short.length === 0 ? [] : [`Left out, with fewer than ${ways} classes: ${short.map(sizeOf).join(', ')}.`];
  return { folders: enough, notes: named };
}

/** Most folders that an error names. */
const MOST_NAMED = 10;
