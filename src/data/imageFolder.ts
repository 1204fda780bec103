import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { DataError, formatShape, type ImageShape, type LabeledImage } from '../core/index.js';
import { decodePng } from './png.js';

/** A labelled image and the file that it came from. */
export interface FolderImage extends LabeledImage {
  /** The name of the class's folder. */
  readonly label: string;
  /** Place of the file below the root, with `/` on every system: `cat/001.png`. */
  readonly path: string;
}

/** The files of one class. */
export interface FolderClass {
  readonly label: string;
  /** Places below the root, in code-unit order. Never empty. */
  readonly paths: readonly string[];
}

/**
 * Reads `root/<class>/*.png` one image at a time, so that memory does not grow with the folder. Classes and files come
 * in code-unit order, the same on every system. Hidden files and folders, files beside the class folders, and files
 * that are not named `.png` are passed over; symbolic links are refused. See {@link decodePng} for channels, depths and
 * alpha.
 *
 * ```ts
 * for await (const { path, label, pixels } of imageFolder('photos')) console.log(path, label, pixels.length);
 * ```
 *
 * @throws DataError naming the file or folder: nothing to read, a class without PNG files, a damaged file, an image of
 *   another size than the first, a symbolic link
 */
export async function* imageFolder(root: string): AsyncGenerator<FolderImage, void, undefined> {
  let first: { readonly path: string; readonly shape: ImageShape } | undefined;
  for await (const { label, paths } of folderClasses(root)) {
    for (const path of paths) {
      const image = decodePng(await readFolderFile(root, path), join(root, path));
      first ??= { path, shape: image.shape };
      if (formatShape(image.shape) !== formatShape(first.shape)) {
        throw new DataError(
          `${join(root, path)} is ${formatShape(image.shape)}, but ${first.path} is ${formatShape(first.shape)}`,
          { hint: 'Bring all images to one size and one number of channels.' },
        );
      }
      yield { ...image, label, path };
    }
  }
}

/**
 * The classes of an image folder with the names of their files, without opening any. The rules are those of
 * {@link imageFolder}.
 */
export async function* folderClasses(root: string): AsyncGenerator<FolderClass, void, undefined> {
  let classes = 0;
  let stray = false;
  for (const entry of await visibleEntries(root)) {
    if (entry.isSymbolicLink()) throw linkError(join(root, entry.name));
    stray ||= entry.isFile() && isPng(entry.name);
    if (!entry.isDirectory()) continue;
    const files = (await visibleEntries(join(root, entry.name))).filter(({ name }) => isPng(name));
    const link = files.find((file) => file.isSymbolicLink());
    if (link !== undefined) throw linkError(join(root, entry.name, link.name));
    const paths = files.filter((file) => file.isFile()).map(({ name }) => `${entry.name}/${name}`);
    if (paths.length === 0) {
      throw new DataError(`${join(root, entry.name)} holds no PNG files`, {
        hint: 'Each folder is a class. Convert its images to PNG, or take the folder away.',
      });
    }
    classes++;
    yield { label: entry.name, paths };
  }
  if (classes > 0) return;
  throw new DataError(`${root} holds no images`, {
    hint: stray
      ? 'Its PNG files belong into one folder a class: the folder’s name is the label.'
      : 'Put PNG files into one folder a class, such as cat/001.png; the folder’s name is the label.',
  });
}

/**
 * The bytes of one file of an image folder.
 *
 * @param path `<class>/<file>`, as {@link folderClasses} gives it or from someone else's list
 * @throws DataError naming the file when it is missing, a symbolic link, or would lie outside of the class folders
 */
export async function readFolderFile(root: string, path: string): Promise<Uint8Array> {
  const full = join(root, path);
  if (!isFolderPath(path)) {
    throw new DataError(`${path} is no place in an image folder`, {
      hint: 'A place is the name of a class, a slash, and the name of a file.',
    });
  }
  try {
    for (const place of [join(root, path.split('/')[0]!), full]) {
      if ((await lstat(place)).isSymbolicLink()) throw linkError(place);
    }
    if ((await lstat(full)).isFile()) return await readFile(full);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const missing = ['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');
    throw new DataError(missing ? `${full} is missing` : `cannot read ${full}`, {
      hint: missing ? 'Put it back.' : 'Check that it may be read.',
      cause,
    });
  }
  throw new DataError(`${full} is no file`, { hint: 'Put the image there.' });
}

/** Whether a text is `<class>/<file>` and so can lead nowhere but into a folder of the root. */
export function isFolderPath(path: string): boolean {
  const parts = path.split('/');
  const plain = (part: string) =>
    part !== '' && part !== '.' && part !== '..' && !part.includes('\0') && !part.includes(sep);
  return parts.length === 2 && parts.every(plain) && !isAbsolute(path);
}

async function visibleEntries(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new DataError(`cannot read the folder ${folder}`, {
      hint: 'Check that it exists, is a folder, and may be read.',
      cause,
    });
  });
  // Not by locale, which differs between machines.
  return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
}

const isPng = (name: string) => /\.png$/i.test(name);

const linkError = (path: string) =>
  new DataError(`${path} is a symbolic link, which is not followed`, {
    hint: 'Put the file or folder itself there.',
  });
