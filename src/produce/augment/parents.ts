import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DataError } from '../../core/index.js';
import { readFolderFile } from '../../data/imageFolder.js';
import { decodePng, encodePng, type Pixels } from '../../data/index.js';
import { type EvaluationData, loadEvaluationData } from '../../evaluate/data.js';
import type { ManifestPlan } from './manifest.js';

/** A real image as it lies in its data. */
export interface ParentPixels extends Pixels {
  /** Of what `sha256` in a manifest says. */
  readonly sha256: string;
  /** A PNG file of it: the folder's own, byte for byte. */
  readonly png: Uint8Array;
}

/** Reads real images by the names that a manifest gives them. */
export interface ParentReader {
  /**
   * @param sha256 what it must be; it is not looked at otherwise
   * @throws DataError naming the file or image when it is missing, broken or another one
   */
  read(name: string, sha256?: string): Promise<ParentPixels>;
}

/** SHA-256 in hexadecimal. */
export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Opens the data that a manifest's plan is about. */
export async function openParents(data: ManifestPlan['data']): Promise<ParentReader> {
  return data.kind === 'folder' ? folderParents(data.root) : setParents(data.kind);
}

function folderParents(root: string): ParentReader {
  return {
    async read(name, expected) {
      const png = await readFolderFile(root, name);
      const sha256 = digestOf(png);
      assertSame(join(root, name), sha256, expected);
      return { ...decodePng(png, join(root, name)), sha256, png };
    },
  };
}

/** Name of an image of a data set's train set. */
export const imageName = (place: number): string => `train/${place}`;

async function setParents(data: EvaluationData): Promise<ParentReader> {
  const { train } = await loadEvaluationData(data);
  return {
    async read(name, expected) {
      const place = Number(/^train\/(0|[1-9]\d*)$/.exec(name)?.[1]);
      if (!(place < train.labels.length)) throw new DataError(`there is no image ${name} in ${data}`);
      const { pixels, shape } = train.images([place]);
      const sha256 = digestOf(Uint8Array.from(pixels, (value) => Math.round(255 * value)));
      assertSame(`the image ${name} of ${data}`, sha256, expected);
      return { pixels, shape, sha256, png: encodePng(pixels, shape) };
    },
  };
}

function assertSame(what: string, found: string, expected: string | undefined): void {
  if (expected === undefined || found === expected) return;
  const short = (sha256: string) => `${sha256.slice(0, 12)}…`;
  throw new DataError(`${what} was changed: its SHA-256 is ${short(found)} instead of ${short(expected)}`, {
    hint: 'Put the file back as it was.',
  });
}
