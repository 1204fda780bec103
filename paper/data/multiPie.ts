import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkCount } from '../../src/core/checks.js';
import { DataError } from '../../src/core/errors.js';
import { formatShape, type ImageShape } from '../../src/core/image.js';
import type { Pixels } from '../../src/data/decode/pixels.js';
import { decodePng } from '../../src/data/decode/png.js';
import { byteSource, type ImageSource } from '../../src/data/imageSource.js';

/** Facts about each image of a {@link FaceSet}. */
export interface FaceFacts {
  /** Number of the person. */
  readonly subjects: Int32Array;
  /** Degrees, −90 … 90: 0 looks into the camera, positive to the right of the picture. Its semantics are ordinal. */
  readonly yaws: Float32Array;
  /** Number of the light. */
  readonly lights: Int32Array;
}

/** Pictures of faces in known poses and lights, with two ways to label the same bytes. */
export interface FaceSet extends FaceFacts {
  /** `rendered stand-in` for rendered heads. */
  readonly origin: 'CMU Multi-PIE' | 'rendered stand-in';
  readonly shape: ImageShape;
  /** Classes are the yaws in degrees, ascending. */
  readonly byYaw: ImageSource;
  /** Classes are the people's numbers, ascending. */
  readonly bySubject: ImageSource;
  /** Images whose facts pass a filter, as a new set: for example, a split by person. */
  where(keep: (facts: { subject: number; yaw: number; light: number }) => boolean): FaceSet;
}

/** A face set over gray bytes, image by image. */
export function faceSet(
  origin: FaceSet['origin'],
  bytes: Uint8Array,
  shape: ImageShape,
  facts: FaceFacts,
): FaceSet {
  const { subjects, yaws, lights } = facts;
  const labeled = (values: Int32Array | Float32Array): ImageSource => {
    const classes = [...new Set(values)].sort((a, b) => a - b);
    const indexOf = new Map(classes.map((value, index) => [value, index]));
    return byteSource(
      bytes,
      shape,
      Int32Array.from(values, (value) => indexOf.get(value)!),
      classes,
    );
  };
  return {
    origin,
    shape,
    ...facts,
    byYaw: labeled(yaws),
    bySubject: labeled(subjects),
    where: (keep) => {
      const size = shape[0] * shape[1] * shape[2];
      const kept = [...subjects.keys()].filter((i) =>
        keep({ subject: subjects[i]!, yaw: yaws[i]!, light: lights[i]! }),
      );
      const own = new Uint8Array(kept.length * size);
      for (const [to, from] of kept.entries())
        own.set(bytes.subarray(from * size, (from + 1) * size), to * size);
      return faceSet(origin, own, shape, {
        subjects: Int32Array.from(kept, (i) => subjects[i]!),
        yaws: Float32Array.from(kept, (i) => yaws[i]!),
        lights: Int32Array.from(kept, (i) => lights[i]!),
      });
    },
  };
}

/** A square of an image, in pixels from its top left corner. */
export interface Square {
  readonly top: number;
  readonly left: number;
  readonly side: number;
}

/** Largest centered square of an image. */
export function middleSquare({ shape: [height, width] }: Pixels): Square {
  const side = Math.min(height, width);
  return { top: (height - side) / 2, left: (width - side) / 2, side };
}

/**
 * A square of an image in gray (Rec. 601 luma), resized by averaging the area under each new pixel.
 *
 * @param name the file, for messages
 * @returns `size` × `size` bytes
 * @throws DataError when the square is not within the image
 */
export function grayThumbnail(
  image: Pixels,
  { top, left, side }: Square,
  size: number,
  name: string,
): Uint8Array {
  const { pixels, shape } = image;
  const [height, width, channels] = shape;
  const slack = 1e-6;
  if (!(side > 0 && top >= 0 && left >= 0 && top + side <= height + slack && left + side <= width + slack)) {
    throw new DataError(
      `${name} is ${formatShape(shape)}: the square of ${side} at ${top}, ${left} is not within it`,
      {
        hint: 'Crop within the image.',
      },
    );
  }
  const gray = (row: number, column: number): number => {
    const offset = (row * width + column) * channels;
    if (channels === 1) return pixels[offset]!;
    return 0.299 * pixels[offset]! + 0.587 * pixels[offset + 1]! + 0.114 * pixels[offset + 2]!;
  };
  const step = side / size;
  const columns = Array.from({ length: size }, (_, i) =>
    covered(left + i * step, left + (i + 1) * step, width),
  );
  const bytes = new Uint8Array(size * size);
  for (let i = 0; i < size; i++) {
    const rows = covered(top + i * step, top + (i + 1) * step, height);
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (const [row, tall] of rows)
        for (const [column, wide] of columns[j]!) sum += tall * wide * gray(row, column);
      bytes[i * size + j] = Math.round((255 * sum) / (step * step));
    }
  }
  return bytes;
}

/** Pixels that an interval overlaps, with the covered share of each. */
function covered(from: number, to: number, count: number): [index: number, share: number][] {
  const parts: [number, number][] = [];
  for (let i = Math.floor(from); i < Math.min(count, Math.ceil(to)); i++) {
    parts.push([i, Math.min(i + 1, to) - Math.max(i, from)]);
  }
  return parts;
}

/** Facts in the name of a Multi-PIE file: `<subject>_<session>_<recording>_<camera>_<illumination>.png`. */
export interface MultiPieName {
  /** 1 … 346. */
  readonly subject: number;
  /** 1 … 4. */
  readonly session: number;
  /** Number of the recording within the session, each with another expression; 1 is neutral in every session. */
  readonly recording: number;
  /** As in the name: `051` for the camera whose folder is `05_1`. */
  readonly camera: string;
  /** Number of the flash, 1 … 18; 0 and 19 are room light alone. */
  readonly illumination: number;
}

/**
 * Yaw in degrees of the 13 cameras at head height, which stand every 15 degrees around the subject (Gross et al.,
 * *Multi-PIE*, Image and Vision Computing 28 (2010), figure 3; doi:10.1016/j.imavis.2009.08.002). Their order along the
 * arc, with 11_0 as the left profile and 24_0 as the right one, is that of facereclib's protocols
 * (https://github.com/idiap/facereclib, config/database/multipie_P.py). Which side is positive is our choice.
 */
export const multiPieCameras: Readonly<Record<string, number>> = {
  '110': -90,
  '120': -75,
  '090': -60,
  '080': -45,
  '130': -30,
  '140': -15,
  '051': 0,
  '050': 15,
  '041': 30,
  '190': 45,
  '200': 60,
  '010': 75,
  '240': 90,
};

/** Yaws of those cameras, ascending. */
export const multiPieYaws: readonly number[] = Object.values(multiPieCameras).sort((a, b) => a - b);

/** Two cameras above the subject, at about ±45 degrees. Theirs is not a pure yaw, so their images are skipped. */
export const multiPieCamerasAbove: readonly string[] = ['081', '191'];

const pattern = /^(\d{3})_(\d{2})_(\d{2})_(\d{3})_(\d{2})\.png$/i;

/**
 * Parses the name of a file, and compares it with its folders if those follow the database's own layout,
 * `session<SS>/multiview/<subject>/<recording>/<CC_C>/`.
 *
 * @param path below the root, with `/`
 * @throws DataError naming the file
 */
export function parseMultiPieName(path: string): MultiPieName {
  const folders = path.split('/');
  const match = pattern.exec(folders.pop()!);
  if (match === null) {
    throw new DataError(`${path} is not named like a Multi-PIE file`, {
      hint: 'Names are <subject>_<session>_<recording>_<camera>_<illumination>.png, such as 001_01_01_051_07.png.',
    });
  }
  const [subject, session, recording, camera, illumination] = match.slice(1) as [
    string,
    string,
    string,
    string,
    string,
  ];
  if (!(camera in multiPieCameras) && !multiPieCamerasAbove.includes(camera)) {
    throw new DataError(`${path} is from camera ${camera}, which Multi-PIE does not have`, {
      hint: `Its cameras are ${[...Object.keys(multiPieCameras), ...multiPieCamerasAbove].sort().join(', ')}.`,
    });
  }
  const expected = [
    `session${session}`,
    'multiview',
    subject,
    recording,
    `${camera.slice(0, 2)}_${camera[2]}`,
  ];
  const start = folders.findIndex((folder) => /^session\d\d$/.test(folder));
  const found = start < 0 ? [] : folders.slice(start);
  const wrong = found.findIndex((folder, i) => folder !== expected[i]);
  if (wrong >= 0) {
    throw new DataError(`${path} lies in ${found.join('/')}, but its name says ${expected.join('/')}`, {
      hint: 'Put the file back where it came from.',
    });
  }
  return {
    subject: Number(subject),
    session: Number(session),
    recording: Number(recording),
    camera,
    illumination: Number(illumination),
  };
}

/** A file of the database. */
export interface MultiPieFile extends MultiPieName {
  /** Degrees, −90 … 90. */
  readonly yaw: number;
  /** Below the root, with `/`. */
  readonly path: string;
}

export interface MultiPieOptions {
  /** Filter of files. Default: recording 1 of every session, whose expression is neutral. */
  readonly keep?: (file: MultiPieFile) => boolean;
  /** Height and width of the gray images, in pixels, from 8 to 512. Default 48. */
  readonly size?: number;
  /**
   * Part of the image that holds the face, in pixels, or a function that returns it for each file. Default: the largest centered
   * square. The database's pictures are 640 × 480 with much room around the head, so a crop by landmarks is better.
   */
  readonly crop?: Square | ((file: MultiPieFile) => Square);
  /** Called after each image. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Loads the CMU Multi-PIE face database, which must be licensed from its owners (http://www.cs.cmu.edu/afs/cs/project/PIE/MultiPie/Multi-Pie/Home.html) and is no part of
 * this package. The name of a file, `001_01_01_051_07.png`, holds the facts: subject, session, recording, camera,
 * illumination; see {@link MultiPieName}. Folders below the root may be those of the database,
 * `session01/multiview/001/01/05_1/`, or others. Folders named `highres`, hidden files, files other than PNG, and images of the
 * two cameras above the subject are skipped; symbolic links are refused.
 *
 * ```ts
 * const faces = await loadMultiPie('Multi-Pie/data', { keep: ({ session, recording }) => session === 1 && recording === 1 });
 * ```
 *
 * @throws DataError naming the file or folder: unreadable, misnamed, damaged, a symbolic link; or nothing kept
 */
export async function loadMultiPie(root: string, options: MultiPieOptions = {}): Promise<FaceSet> {
  const { keep = ({ recording }) => recording === 1, size = 48, crop, onProgress } = options;
  checkCount('size', size, { least: 8, most: 512 });
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

/** Lists the files at head height, folder by folder in code-unit order, without opening any; see {@link loadMultiPie}. */
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
