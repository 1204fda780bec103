import type { Dirent } from 'node:fs';
import { opendir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { cleanName, compareNames } from '../../core/names.js';
import { isPictureName, isSilentFolder, otherFiles } from '../../data/fileKinds.js';
import type { PassedOver } from './findings.js';
import { linkError } from './insidePath.js';
import { type SplitName, splitCalled, splitNames } from './splits.js';

/** The pictures of one class. */
export interface FolderClass {
  /** Name of the class's folder, or names of as many as there are levels, composed and without spaces around them. */
  readonly label: string;
  /** Path of the class's folder below the root, with a slash at its end. */
  readonly folder: string;
  /** Paths of its pictures below that folder, as people count. Never empty. */
  readonly files: readonly string[];
  /** Present if the folder is split. */
  readonly split?: SplitName;
}

export interface FolderClassesOptions {
  /** Read pictures in folders within a class, too. Default: they are passed over. */
  readonly nested?: boolean | undefined;
  /** Number of folders, one within the other, that name a class: 2 for `Greek/alpha`. Default: 1. */
  readonly levels?: number | undefined;
  /** Called for each file and folder that is not used, but for those that nobody means as data. */
  readonly onPassedOver?: ((file: PassedOver) => void) | undefined;
}

/** Most folders within each other. Without links there is no circle; a deeper tree is a mistake. */
const MOST_DEEP = 16;

/** Reasons for which files of a folder are passed over. */
export const reasons = {
  nested: 'in a folder within a class; nested reads those',
  beside: 'beside the class folders',
  unlabeled: 'in a split, but in no class folder',
  besideSplits: 'in a folder beside the splits',
  empty: 'a folder without pictures',
  deep: `in more than ${MOST_DEEP} folders within each other`,
  link: 'a symbolic link, which is not followed',
} as const;

/** A folder that holds pictures. */
interface Holder {
  readonly name: string;
  /** Some lie in it. */
  readonly own: boolean;
  /** Some lie in folders within it. Known if none lie in it, or if a split could have its name. */
  readonly within: boolean;
}

/** Folders of classes in one folder. */
interface Part {
  readonly below: string;
  readonly holders: readonly Holder[];
  readonly split?: SplitName;
}

/**
 * The classes of an image folder with the names of their files, without opening any. The rules are those of
 * `imageFolder`; of a split folder, the classes of one split come after those of another. Classes and files come as people
 * count, the same on every system.
 */
export async function* folderClasses(
  root: string,
  { nested = false, levels = 1, onPassedOver }: FolderClassesOptions = {},
): AsyncGenerator<FolderClass, void, undefined> {
  let first: PassedOver | undefined;
  const seen = new Set<string>();
  const pass: Pass = (name, reason) => {
    if (reason !== reasons.empty) first ??= { name, reason };
    seen.add(reason);
    onPassedOver?.({ name, reason });
  };
  let classes = 0;
  for (const part of await partsOf(root, '', pass)) {
    const { split } = part;
    for await (const { folder, label } of placesIn(root, part, levels, pass)) {
      const files: string[] = [];
      await list(join(root, folder), { nested, files, pass: (file, reason) => pass(folder + file, reason) });
      if (files.length === 0) continue;
      classes++;
      yield { label, folder, files, ...(split === undefined ? {} : { split }) };
    }
  }
  if (classes === 0) throw levels > 1 ? noneSoDeep(root, levels) : nothingIn(root, seen, first);
}

/** Name and place of a class. */
type Place = Pick<FolderClass, 'label' | 'folder'>;

/** The folders of classes in a part: its own, or with several levels those within that hold pictures. */
async function* placesIn(
  root: string,
  { below, holders, split }: Part,
  levels: number,
  pass: Pass,
): AsyncGenerator<Place, void, undefined> {
  const labelOf = (names: readonly string[]) => names.map((name) => cleanName(name) || name).join('/');
  if (levels === 1) {
    for (const { name } of holders) yield { folder: `${below}${name}/`, label: labelOf([name]) };
    return;
  }
  async function* within(folder: string, names: readonly string[]): AsyncGenerator<Place, void, undefined> {
    if (names.length > MOST_DEEP) return pass(folder, reasons.deep);
    const entries = await entriesOf(join(root, folder));
    if (names.length >= levels && entries.some((entry) => !entry.isDirectory() && isShown(entry))) {
      return yield { folder, label: labelOf(names.slice(-levels)) };
    }
    const link = entries.find((entry) => entry.isSymbolicLink());
    if (link !== undefined) throw linkError(join(root, folder, link.name));
    passFiles(entries, folder, pass, reasons.beside);
    for (const { name } of entries.filter((entry) => entry.isDirectory()))
      yield* within(`${folder}${name}/`, [...names, name]);
  }
  // The folder of a split is no part of a label; one that only wraps the others may be.
  const above = split === undefined ? below.split('/').slice(0, -1) : [];
  for (const { name } of holders) yield* within(`${below}${name}/`, [...above, name]);
}

const noneSoDeep = (root: string, levels: number): DataError =>
  new DataError(`${root} holds no images in ${levels} folders, one within the other`, {
    hint: 'With 2 levels a class is a folder within a folder, such as Greek/alpha/001.png; without levels it is a folder.',
    option: 'levels',
  });

/** Receives the path of what is not used. */
type Pass = (name: string, reason: string) => void;

function nothingIn(root: string, seen: ReadonlySet<string>, first: PassedOver | undefined): DataError {
  if (seen.has(reasons.nested)) {
    return new DataError(`${root} holds no images but in folders within its classes`, {
      hint: 'Set nested to read those, or name a folder whose folders are the classes.',
      option: 'nested',
    });
  }
  const such = first === undefined || seen.has(reasons.beside) ? undefined : first;
  return new DataError(`${root} holds no images`, {
    hint: seen.has(reasons.beside)
      ? 'Put its images into one folder a class: the folder’s name is the label.'
      : `Put PNG or JPEG files into one folder a class, such as cat/001.png; the folder’s name is the label.${such === undefined ? '' : ` Not used, for one: ${such.name}, ${such.reason}.`}`,
  });
}

/** The folders of a root in which its classes lie: that of each split, or one. Folders that only wrap another are opened. */
async function partsOf(root: string, below: string, pass: Pass): Promise<readonly Part[]> {
  const holders = await holdersIn(root, below, reasons.beside, pass);
  const [only] = holders;
  if (holders.length === 1 && !only!.own && splitCalled(only!.name) !== 'train')
    return partsOf(root, `${below}${only!.name}/`, pass);
  const splits = holders.filter(({ name }) => splitCalled(name) !== undefined);
  const others = holders.filter(({ name }) => splitCalled(name) === undefined);
  if (!areSplits(join(root, below), splits, others)) return [{ below, holders }];
  for (const { name } of others) await passWithin(root, `${below}${name}/`, reasons.besideSplits, pass);
  const parts: Part[] = [];
  for (const split of splitNames) {
    for (const { name } of splits.filter((folder) => splitCalled(folder.name) === split))
      parts.push({ ...(await splitIn(root, `${below}${name}/`, split, pass)), split });
  }
  return parts;
}

/**
 * True for folders of splits: one to learn from that holds folders, and no class beside them. A class may be called train
 * too, say of toys. Then pictures lie in it.
 */
function areSplits(root: string, splits: readonly Holder[], others: readonly Holder[]): boolean {
  const train = splits.find(({ name, within }) => within && splitCalled(name) === 'train');
  const pure = splits.filter(({ own }) => !own);
  if (train === undefined) {
    if (splits.length < 2 || others.length > 0 || pure.length < splits.length) return false;
    throw new DataError(
      `${root} is split into ${splits.map(({ name }) => name).join(', ')}, but there is no train`,
      { hint: 'Call the folder to learn from train, or name one of them as the data.' },
    );
  }
  const classes = others.filter(({ own }) => own);
  if (!train.own && classes.length > 0) {
    throw new DataError(
      `${root} holds folders of both kinds: ${train.name} with folders in it, as a split has, and ${namesOf(classes)} with images in it, as a class has`,
      {
        hint: `Name ${join(root, train.name)} as the data, or put splits and classes into folders of their own.`,
      },
    );
  }
  if (pure.length === 0 || classes.length > 0) return false;
  return others.length === 0 || new Set(splits.map(({ name }) => splitCalled(name))).size > 1;
}

const namesOf = (folders: readonly Holder[]): string =>
  folders.length > 3
    ? `${folders[0]!.name} and ${folders.length - 1} more`
    : folders.map(({ name }) => name).join(', ');

/** The class folders of a split, which a folder of its own name may wrap: `train/train/cat`. */
async function splitIn(root: string, below: string, split: SplitName, pass: Pass): Promise<Part> {
  const holders = await holdersIn(root, below, reasons.unlabeled, pass);
  const [only] = holders;
  const wraps = holders.length === 1 && !only!.own && /^(images|imgs|data)$/i.test(only!.name);
  const again = holders.length === 1 && !only!.own && splitCalled(only!.name) === split;
  return wraps || again ? splitIn(root, `${below}${only!.name}/`, split, pass) : { below, holders };
}

/** The folders in a folder that hold pictures. All else in it is passed over, pictures for the reason given. */
async function holdersIn(root: string, below: string, reason: string, pass: Pass): Promise<Holder[]> {
  const folder = join(root, below);
  const entries = await entriesOf(folder);
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link !== undefined) throw linkError(join(folder, link.name));
  passFiles(entries, below, pass, reason);
  const holders: Holder[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const own = await holdsPictures(join(folder, name));
    const within = own && splitCalled(name) === undefined ? false : await holdsWithin(join(folder, name), 1);
    if (own || within) holders.push({ name, own, within });
    else {
      pass(below + name, reasons.empty);
      passFiles(await entriesOf(join(folder, name)), `${below}${name}/`, pass);
    }
  }
  return holders;
}

/** True if pictures lie in a folder, not in folders within it. */
async function holdsPictures(folder: string): Promise<boolean> {
  // As few entries are read as it takes, so a class costs no second listing.
  for await (const entry of await opendir(folder).catch(cannotRead(folder))) {
    if (!entry.isDirectory() && isShown(entry)) return true;
  }
  return false;
}

async function holdsWithin(folder: string, depth: number): Promise<boolean> {
  if (depth > MOST_DEEP) return false;
  const inner = (await entriesOf(folder)).filter((entry) => entry.isDirectory());
  for (const { name } of inner) if (await holdsPictures(join(folder, name))) return true;
  for (const { name } of inner) if (await holdsWithin(join(folder, name), depth + 1)) return true;
  return false;
}

interface Listing {
  readonly nested: boolean;
  /** Receives the pictures. */
  readonly files: string[];
  readonly pass: Pass;
}

/** Lists the pictures of a class's folder: those in it, then those in folders within it. */
async function list(folder: string, { nested, files, pass }: Listing, below = '', depth = 1): Promise<void> {
  const entries = await entriesOf(folder);
  for (const entry of entries) {
    if (entry.isSymbolicLink()) {
      if (nested || isPictureName(entry.name)) throw linkError(join(folder, entry.name));
      pass(below + entry.name, reasons.link);
    } else if (entry.isFile() && isPictureName(entry.name)) files.push(below + entry.name);
  }
  passFiles(entries, below, pass);
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    if (nested && depth < MOST_DEEP)
      await list(join(folder, name), { nested, files, pass }, `${below}${name}/`, depth + 1);
    else {
      await passWithin(folder, `${name}/`, nested ? reasons.deep : reasons.nested, (inner, reason) =>
        pass(below + inner, reason),
      );
    }
  }
}

/** Paths of all pictures below a root, in all folders but those that nobody means as data. */
export async function picturesWithin(root: string): Promise<string[]> {
  const found: string[] = [];
  await passWithin(root, '', '', (name) => found.push(name));
  return found;
}

/** Passes over all pictures of a folder and of those within it. */
async function passWithin(root: string, below: string, reason: string, pass: Pass, depth = 1): Promise<void> {
  if (depth > 2 * MOST_DEEP) return pass(below, reasons.deep);
  for (const entry of await entriesOf(join(root, below))) {
    if (entry.isDirectory()) await passWithin(root, `${below}${entry.name}/`, reason, pass, depth + 1);
    else if (isPictureName(entry.name)) pass(below + entry.name, reason);
  }
}

/** Passes over the files of a folder that are no pictures, and if a reason is given, over its pictures too. */
function passFiles(entries: readonly Dirent[], below: string, pass: Pass, reason?: string): void {
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  if (reason !== undefined) for (const name of names.filter(isPictureName)) pass(below + name, reason);
  for (const [name, why] of otherFiles(names)) pass(below + name, why);
}

const isShown = ({ name }: Dirent): boolean => !name.startsWith('.') && isPictureName(name);

/** What a folder holds, but for hidden files and folders, and for folders that nobody means as data. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(cannotRead(folder));
  return entries
    .filter((entry) => !entry.name.startsWith('.') && !(entry.isDirectory() && isSilentFolder(entry.name)))
    .sort((a, b) => compareNames(a.name, b.name));
}

const cannotRead =
  (folder: string) =>
  (cause: unknown): never => {
    throw new DataError(`cannot read the folder ${folder}`, {
      hint: 'Check that it exists, is a folder, and may be read.',
      cause,
    });
  };
