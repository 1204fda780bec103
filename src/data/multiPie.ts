import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, UsageError } from '../core/index.js';
import { type FaceSet, faceSet } from './faceSet.js';
import { grayThumbnail, middleSquare, type Square } from './grayThumbnail.js';
import { type MultiPieName, multiPieCameras, parseMultiPieName } from './multiPieName.js';
import { decodePng } from './png.js';

/** A file of the database. */
export interface MultiPieFile extends MultiPieName {
  /** Degrees, −90 … 90. */
  readonly yaw: number;
  /** Below the root, with `/`. */
  readonly path: string;
}

export interface MultiPieOptions {
  /** Which files to load. Default: recording 1 of every session, whose expression is neutral. */
  readonly keep?: (file: MultiPieFile) => boolean;
  /** Height and width of the gray images, in pixels, from 8 to 512. Default 48. */
  readonly size?: number;
  /**
   * The part of the image that holds the face, in pixels, or a function that knows it. Default: the largest square in
   * the middle. The database's pictures are 640 × 480 with much room around the head, so a crop by landmarks is better.
   */
  readonly crop?: Square | ((file: MultiPieFile) => Square);
  /** Is told how many images are done, after each. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Loads the CMU Multi-PIE face database, which must be licensed from its owners (http://www.cs.cmu.edu/afs/cs/project/PIE/MultiPie/Multi-Pie/Home.html) and is no part of
 * this package. What a picture shows is read from its name, `001_01_01_051_07.png`: subject, session, recording, camera,
 * illumination; see {@link MultiPieName}. Folders below the root may be those of the database,
 * `session01/multiview/001/01/05_1/`, or others. Folders named `highres`, hidden files and files that are no PNG are
 * passed over, and so are the two cameras above the subject; symbolic links are refused.
 *
 * ```ts
 * const faces = await loadMultiPie('Multi-Pie/data', { keep: ({ session, recording }) => session === 1 && recording === 1 });
 * ```
 *
 * @throws DataError naming the file or folder: unreadable, misnamed, damaged, a symbolic link; or nothing kept
 */
export async function loadMultiPie(root: string, options: MultiPieOptions = {}): Promise<FaceSet> {
  const { keep = ({ recording }) => recording === 1, size = 48, crop, onProgress } = options;
  if (!(Number.isInteger(size) && size >= 8 && size <= 512)) {
    throw new UsageError(`size is ${size}, but must be a whole number from 8 to 512`);
  }
  const found: MultiPieFile[] = [];
  for await (const file of multiPieFiles(root)) found.push(file);
  const files = found.filter(keep);
  if (files.length === 0) {
    throw new DataError(`${root} holds ${found.length} Multi-PIE images, of which none is kept`, {
      hint:
        found.length === 0
          ? 'Name the folder that holds session01, session02, …, or one with PNG files named as in the database.'
          : 'Widen `keep`. By default it is recording 1 of every session.',
    });
  }
  const bytes = new Uint8Array(files.length * size * size);
  for (const [i, file] of files.entries()) {
    const name = join(root, file.path);
    const image = decodePng(await read(name), name);
    const square = typeof crop === 'function' ? crop(file) : (crop ?? middleSquare(image));
    bytes.set(grayThumbnail(image, square, size, name), i * size * size);
    onProgress?.(i + 1, files.length);
  }
  return faceSet('CMU Multi-PIE', bytes, [size, size, 1], {
    subjects: Int32Array.from(files, ({ subject }) => subject),
    yaws: Float32Array.from(files, ({ yaw }) => yaw),
    lights: Int32Array.from(files, ({ illumination }) => illumination),
  });
}

/** The files at head height, folder by folder in code-unit order, without opening any. Rules: {@link loadMultiPie}. */
export async function* multiPieFiles(
  root: string,
  below = '',
): AsyncGenerator<MultiPieFile, void, undefined> {
  const folder = join(root, below);
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new DataError(`cannot read the folder ${folder}`, {
      hint: 'Check that it exists, is a folder, and may be read.',
      cause,
    });
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = `${below}${entry.name}`;
    if (entry.isSymbolicLink()) {
      throw new DataError(`${join(root, path)} is a symbolic link, which is not followed`, {
        hint: 'Put the file or folder itself there.',
      });
    }
    if (entry.isDirectory() && entry.name !== 'highres') yield* multiPieFiles(root, `${path}/`);
    if (!entry.isFile() || !/\.png$/i.test(entry.name)) continue;
    const name = parseMultiPieName(path);
    const yaw = multiPieCameras[name.camera];
    if (yaw !== undefined) yield { ...name, yaw, path };
  }
}

async function read(file: string): Promise<Uint8Array> {
  return await readFile(file).catch((cause: unknown) => {
    throw new DataError(`cannot read ${file}`, { hint: 'Check that it may be read.', cause });
  });
}
