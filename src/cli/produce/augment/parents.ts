import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Background } from '../../../core/background.js';
import { DataError } from '../../../core/errors.js';
import type { ImageShape } from '../../../core/image.js';
import { javascriptDecoder } from '../../../data/decode/decoder.js';
import type { Pixels } from '../../../data/decode/pixels.js';
import { encodePng } from '../../../data/decode/png.js';
import { fromInk, type InkFrame, meanFrame, toInk } from '../../../data/ink.js';
import { backgroundFor, type Fit, fitTo, inkOptionsOf, isInkFit } from '../../../data/resize.js';
import type { EvaluationData } from '../../../evaluate/data.js';
import { loadBuiltInSet } from '../../../node/builtInSets.js';
import { openByName } from '../../../node/images/openCatalog.js';
import type { OwnDataOptions } from '../../../node/images/ownData.js';
import type { ManifestPlan } from './manifest.js';

/** A real image of the data. */
export interface ParentPixels extends Pixels {
  /** The digest that a manifest records. */
  readonly sha256: string;
  /** The image as PNG: the original file if it is a PNG of this shape, or of a drawing that was normalized. */
  readonly png: Uint8Array;
  /** How a normalized drawing lay in its picture, if what is made of it is to lie like that. */
  readonly frame?: InkFrame;
}

/** Reads real images by the names that a manifest gives them. */
export interface ParentReader {
  /**
   * @param sha256 expected digest; not checked if it is absent
   * @throws DataError naming the file or image if it is missing, broken or changed
   */
  read(name: string, sha256?: string): Promise<ParentPixels>;
}

/** SHA-256 in hexadecimal. */
export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Required shape of images. */
export interface Wanted {
  readonly shape: ImageShape;
  /** Resizing to that shape. Default: none. */
  readonly fit?: Fit | undefined;
  /** Write drawings as the model sees them, not as their parents are. Default: false. */
  readonly asSeen?: boolean | undefined;
  /** Color behind transparency and in bars. Default `black`. */
  readonly background?: Background | undefined;
  /** Order of the axes in an array of images. Default: by its shape. */
  readonly layout?: OwnDataOptions['layout'] | undefined;
}

/** Opens the data of a plan. */
export async function openParents(data: ManifestPlan['data'], wanted: Wanted): Promise<ParentReader> {
  return data.kind === 'folder' ? ownParents(data.root, wanted) : setParents(data.kind);
}

/** Decodes JPEGs in JavaScript, whatever is installed, so that files are equal everywhere. */
async function ownParents(
  root: string,
  { shape, fit, asSeen = false, background: asked, layout }: Wanted,
): Promise<ParentReader> {
  const background = backgroundFor(fit, asked);

  const images = await openByName(root, layout === undefined ? {} : { layout });
  return {
    async read(name, expected) {
      const stored = await images.read(name);
      const sha256 = digestOf(stored.bytes);
      assertSame(join(root, name), sha256, expected);
      const found = await stored.decode(javascriptDecoder, { background });
      const image =
        fit === undefined
          ? found
          : isInkFit(fit) && !asSeen
            ? toInk(found, shape, inkOptionsOf(fit))
            : fitTo(found, shape, fit, background);
      const written = isInkFit(fit) && !asSeen ? found : image;
      // A file with transparency would be read over another background by others.
      const alike = found.alpha === undefined || background === undefined || background === 'black';
      const own = written === found && alike && (await stored.header()).format === 'png';
      return { ...image, sha256, png: own ? stored.bytes : encodePng(written.pixels, written.shape) };
    },
  };
}

/** A made image as PNG: a drawing in polarity, colors, size and place as its parents are on average. */
export function pngLike(made: Pixels, parents: readonly Pick<ParentPixels, 'frame'>[]): Uint8Array {
  const frames = parents.flatMap(({ frame }) => frame ?? []);
  const { pixels, shape } = frames.length === 0 ? made : fromInk(made, meanFrame(frames));
  return encodePng(pixels, shape);
}

/** Name of an image of a data set's train set. */
export const imageName = (index: number): string => `train/${index}`;

async function setParents(data: EvaluationData): Promise<ParentReader> {
  const { train } = await loadBuiltInSet(data);
  return {
    async read(name, expected) {
      const index = Number(/^train\/(0|[1-9]\d*)$/.exec(name)?.[1]);
      if (!(index < train.labels.length)) throw new DataError(`there is no image ${name} in ${data}`);
      const { pixels, shape } = train.images([index]);
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
