import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DataError } from '../../../core/errors.js';
import type { ImageShape } from '../../../core/image.js';
import { javascriptDecoder } from '../../../data/decode/decoder.js';
import type { Pixels } from '../../../data/decode/pixels.js';
import { encodePng } from '../../../data/decode/png.js';
import { type Fit, fitTo } from '../../../data/resize.js';
import type { EvaluationData } from '../../../evaluate/data.js';
import { loadBuiltInSet } from '../../../node/builtInSets.js';
import { openByName } from '../../../node/images/openCatalog.js';
import type { ManifestPlan } from './manifest.js';

/** A real image as it lies in its data. */
export interface ParentPixels extends Pixels {
  /** Of what `sha256` in a manifest says. */
  readonly sha256: string;
  /** A PNG file of it: the folder's own, byte for byte, where it is one and has the shape. */
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

/** The shape that images are needed in. */
export interface Wanted {
  readonly shape: ImageShape;
  /** How they come into it; without, they are left as they are. */
  readonly fit?: Fit | undefined;
}

/** Opens the data that a manifest's plan is about. */
export async function openParents(data: ManifestPlan['data'], wanted: Wanted): Promise<ParentReader> {
  return data.kind === 'folder' ? ownParents(data.root, wanted) : setParents(data.kind);
}

/** JPEGs are unpacked in JavaScript, whatever is installed: files must come out the same everywhere. */
async function ownParents(root: string, { shape, fit }: Wanted): Promise<ParentReader> {
  const images = await openByName(root);
  return {
    async read(name, expected) {
      const stored = await images.read(name);
      const sha256 = digestOf(stored.bytes);
      assertSame(join(root, name), sha256, expected);
      const found = await stored.decode(javascriptDecoder);
      const image = fit === undefined ? found : fitTo(found, shape, fit);
      const own = image === found && stored.header().format === 'png';
      return { ...image, sha256, png: own ? stored.bytes : encodePng(image.pixels, image.shape) };
    },
  };
}

/** Name of an image of a data set's train set. */
export const imageName = (place: number): string => `train/${place}`;

async function setParents(data: EvaluationData): Promise<ParentReader> {
  const { train } = await loadBuiltInSet(data);
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
