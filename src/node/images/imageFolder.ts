import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { formatShape, type ImageShape, type LabeledImage } from '../../core/image.js';
import { javascriptDecoder } from '../../data/decode/decoder.js';
import { type Fit, fitTo } from '../../data/resize.js';
import { isFolderPath, isInsidePath, linkError, readInside } from './insidePath.js';
import { type SplitName, splitCalled, splitNames } from './splits.js';

/** A labeled image and the file that it came from. */
export interface FolderImage extends LabeledImage {
  /** The name of the class's folder. */
  readonly label: string;
  /** Path of the file below the root, with `/` on every system: `cat/001.png`. */
  readonly path: string;
  /** Present if the folder is split. */
  readonly split?: SplitName;
}

/** The files of one class. */
export interface FolderClass {
  readonly label: string;
  /** Paths below the root, in code-unit order. Never empty. */
  readonly paths: readonly string[];
  /** Present if the folder is split. */
  readonly split?: SplitName;
}

export interface ImageFolderOptions {
  /** Bring every image to this shape, of 1 or 3 channels. Default: all must have one shape already. */
  readonly shape?: ImageShape;
  /** Treatment of images of another aspect ratio. Default `letterbox`. */
  readonly fit?: Fit;
}

/**
 * Reads `root/<class>/*.{png,jpg,jpeg}` one image at a time, so that memory does not grow with the folder. Classes and
 * files come in code-unit order, the same on every system. Hidden files and folders, files beside the class folders, and
 * other files are skipped; symbolic links are refused. JPEGs are turned as their EXIF orientation says. See
 * {@link decodePng} for channels, depths and alpha.
 *
 * A root that holds `train` and beside it nothing but `val` (`valid`, `validation`) and `test`, with class folders inside
 * each, is a split folder: classes are then one level further down.
 *
 * ```ts
 * for await (const { path, label, pixels } of imageFolder('photos', { shape: [64, 64, 3] })) {
 *   console.log(path, label, pixels.length);
 * }
 * ```
 *
 * @throws DataError naming the file or folder: nothing to read, a class without images, a damaged file, a symbolic link;
 *   without `shape`, an image of another shape than the first
 */
export async function* imageFolder(
  root: string,
  { shape, fit = 'letterbox' }: ImageFolderOptions = {},
): AsyncGenerator<FolderImage, void, undefined> {
  let first: { readonly path: string; readonly shape: ImageShape } | undefined;
  for await (const { label, paths, split } of folderClasses(root)) {
    for (const path of paths) {
      const decoded = await javascriptDecoder.decode(await readFolderFile(root, path), join(root, path));
      const image = shape === undefined ? decoded : fitTo(decoded, shape, fit);
      first ??= { path, shape: image.shape };
      if (formatShape(image.shape) !== formatShape(first.shape)) {
        throw new DataError(
          `${join(root, path)} is ${formatShape(image.shape)}, but ${first.path} is ${formatShape(first.shape)}`,
          { hint: 'Bring all images to one size and one number of channels, or ask for one with `shape`.' },
        );
      }
      yield { ...image, label, path, ...(split === undefined ? {} : { split }) };
    }
  }
}

/**
 * The classes of an image folder with the names of their files, without opening any. The rules are those of
 * {@link imageFolder}; of a split folder, the classes of one split come after those of another.
 */
export async function* folderClasses(root: string): AsyncGenerator<FolderClass, void, undefined> {
  const splits = await splitsOf(root);
  if (splits === undefined) yield* classesIn(root, '');
  else {
    for (const [folder, split] of splits) {
      for await (const found of classesIn(root, `${folder}/`)) yield { ...found, split };
    }
  }
}

/** The folders that a root is split into; `undefined` if its folders are classes. */
async function splitsOf(root: string): Promise<readonly (readonly [string, SplitName])[] | undefined> {
  const folders = (await visibleEntries(root)).filter((entry) => entry.isDirectory());
  if (!folders.every(({ name }) => splitCalled(name) !== undefined)) return undefined;
  if (!folders.some(({ name }) => name === 'train')) return undefined;
  // A class may be called train too, say of toys. Then it holds images.
  if ((await visibleEntries(join(root, 'train'))).some((entry) => entry.isFile() && isImage(entry.name))) {
    return undefined;
  }
  const found = folders.map(({ name }) => [name, splitCalled(name)!] as const);
  return found.sort(([, a], [, b]) => splitNames.indexOf(a) - splitNames.indexOf(b));
}

async function* classesIn(root: string, below: string): AsyncGenerator<FolderClass, void, undefined> {
  const folder = join(root, below);
  let classes = 0;
  let imagesBeside = false;
  for (const entry of await visibleEntries(folder)) {
    if (entry.isSymbolicLink()) throw linkError(join(folder, entry.name));
    imagesBeside ||= entry.isFile() && isImage(entry.name);
    if (!entry.isDirectory()) continue;
    const files = (await visibleEntries(join(folder, entry.name))).filter(({ name }) => isImage(name));
    const link = files.find((file) => file.isSymbolicLink());
    if (link !== undefined) throw linkError(join(folder, entry.name, link.name));
    const paths = files.filter((file) => file.isFile()).map(({ name }) => `${below}${entry.name}/${name}`);
    if (paths.length === 0) {
      throw new DataError(`${join(folder, entry.name)} holds no PNG or JPEG files`, {
        hint: 'Each folder is a class. Convert its images to PNG or JPEG, or take the folder away.',
      });
    }
    classes++;
    yield { label: entry.name, paths };
  }
  if (classes > 0) return;
  throw new DataError(`${folder} holds no images`, {
    hint: imagesBeside
      ? 'Put its images into one folder a class: the folder’s name is the label.'
      : 'Put PNG or JPEG files into one folder a class, such as cat/001.png; the folder’s name is the label.',
  });
}

/**
 * Reads one file of an image folder.
 *
 * @param path `<class>/<file>`, of a split folder `<split>/<class>/<file>`, as {@link folderClasses} gives it or
 *   from any other list
 * @throws DataError naming the file when it is missing, a symbolic link, or would lie outside of the class folders
 */
export async function readFolderFile(root: string, path: string): Promise<Uint8Array> {
  const [first, ...rest] = path.split('/');
  const split = rest.length === 2 && splitCalled(first!) !== undefined;
  if (!isFolderPath(path) && !(split && isInsidePath(path))) {
    throw new DataError(`${path} is not a path in an image folder`, {
      hint: 'Such a path is the name of a class, a slash, and the name of a file.',
    });
  }
  return readInside(root, path);
}

async function visibleEntries(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new DataError(`cannot read the folder ${folder}`, {
      hint: 'Check that it exists, is a folder, and may be read.',
      cause,
    });
  });
  // Not by locale: it differs between machines.
  return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
}

const isImage = (name: string) => /\.(png|jpe?g)$/i.test(name);
