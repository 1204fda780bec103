import { join } from 'node:path';
import { assertBackground, type Background } from '../../core/background.js';
import { DataError } from '../../core/errors.js';
import { checkShape, formatShape, type ImageShape, type LabeledImage } from '../../core/image.js';
import {
  checkFields,
  checkFlag,
  checkFunction,
  checkText,
  oneAmong,
  optional,
} from '../../core/kindChecks.js';
import { javascriptDecoder } from '../../data/decode/decoder.js';
import { UnsupportedFormatError } from '../../data/decode/formats.js';
import { backgroundFor, type Fit, fits, fitTo } from '../../data/resize.js';
import type { PassedOver } from './findings.js';
import { folderClasses } from './folderClasses.js';
import { isInsidePath, readInside } from './insidePath.js';
import type { SplitName } from './splits.js';

/** A labeled image and the file that it came from. */
export interface FolderImage extends LabeledImage {
  /** The name of the class's folder. */
  readonly label: string;
  /** Path of the file below the root, with `/` on every system: `cat/001.png`. */
  readonly path: string;
  /** Present if the folder is split. */
  readonly split?: SplitName;
}

export interface ImageFolderOptions {
  /** Bring every image to this shape, of 1 or 3 channels. Default: all must have one shape already. */
  readonly shape?: ImageShape;
  /** Treatment of images of another aspect ratio. Default `letterbox`. */
  readonly fit?: Fit;
  /** Color behind transparency, and of the bars of a letterbox. Default `black`. */
  readonly background?: Background;
  /** Read pictures in folders within a class, too. Default: they are passed over. */
  readonly nested?: boolean;
  /** Called for each file that is not used, with the reason. */
  readonly onPassedOver?: (file: PassedOver) => void;
}

/**
 * Reads `root/<class>/*` one image at a time, so that memory does not grow with the folder. Classes and files come as people
 * count (1, 2, 10), the same on every system. JPEGs are turned as their EXIF orientation says. See {@link decodePng} for
 * channels, depths and alpha.
 *
 * Pictures in other formats than PNG and JPEG, pictures in folders within a class or beside the class folders, classes
 * without pictures, and other files are passed over: `onPassedOver` names each. Symbolic links are refused.
 *
 * A root that holds `train` and beside it `val` or `test`, in any of their usual spellings (`Training`, `valid`, `dev`,
 * `testing`), with class folders inside each, is a split folder: classes are then one level further down. A folder that
 * holds nothing but one other is opened.
 *
 * ```ts
 * for await (const { path, label, pixels } of imageFolder('photos', { shape: [64, 64, 3] })) {
 *   console.log(path, label, pixels.length);
 * }
 * ```
 *
 * @throws DataError naming the file or folder: nothing to read, a damaged file, a symbolic link, folders that could be
 *   splits or classes; without `shape`, an image of another shape than the first
 */
export async function* imageFolder(
  root: string,
  options: ImageFolderOptions = {},
): AsyncGenerator<FolderImage, void, undefined> {
  checkText('the folder', root, 'imageFolder');
  const {
    shape,
    fit = 'letterbox',
    background: asked,
    nested,
    onPassedOver,
  } = checkFields('imageFolder', options, {
    shape: optional(checkShape),
    fit: optional(oneAmong(fits)),
    background: optional((_, value) => assertBackground(value)),
    nested: optional(checkFlag),
    onPassedOver: optional(checkFunction),
  });
  const background = shape === undefined ? asked : backgroundFor(fit, asked);
  let first: { readonly path: string; readonly shape: ImageShape } | undefined;
  let foreign: UnsupportedFormatError | undefined;
  for await (const { label, folder, files, split } of folderClasses(root, { nested, onPassedOver })) {
    for (const file of files) {
      const path = folder + file;
      const bytes = await readFolderFile(root, path);
      const decoded = await javascriptDecoder
        .decode(bytes, join(root, path), { background })
        .catch((error: unknown) => {
          if (!(error instanceof UnsupportedFormatError)) throw error;
          foreign ??= error;
          onPassedOver?.({ name: path, reason: error.reason });
        });
      if (decoded === undefined) continue;
      const image = shape === undefined ? decoded : fitTo(decoded, shape, fit, background);
      first ??= { path, shape: image.shape };
      if (formatShape(image.shape) !== formatShape(first.shape)) {
        throw new DataError(
          `${join(root, path)} is ${formatShape(image.shape)}, but ${first.path} is ${formatShape(first.shape)}`,
          { hint: 'Bring all images to one size and one number of channels, or ask for one with `shape`.' },
        );
      }
      yield {
        pixels: image.pixels,
        shape: image.shape,
        label,
        path,
        ...(split === undefined ? {} : { split }),
      };
    }
  }
  if (first === undefined && foreign !== undefined) throw foreign;
}

/**
 * Reads one file of an image folder.
 *
 * @param path as {@link folderClasses} gives it, or from any other list
 * @throws DataError naming the file when it is missing, reached by a symbolic link, or would lie outside of the root
 */
export async function readFolderFile(root: string, path: string): Promise<Uint8Array> {
  if (isInsidePath(path)) return readInside(root, path);
  throw new DataError(`${path} is not a path in an image folder`, {
    hint: 'Such a path is the name of a class, a slash, and the name of a file.',
  });
}
