import { DataError } from '../../core/index.js';
import { type Orientation, orientationIn } from './exif.js';
import type { Subsampling } from './fromYcc.js';
import { assertPixelCount } from './pixelLimit.js';

/** What a JPEG says of itself before its pixels. */
export interface JpegHeader {
  /** As stored, before the orientation turns them. */
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly orientation: Orientation;
  /** Where colours are stored as differences from the brightness: how those two planes are sampled. */
  readonly ycc?: readonly [Subsampling, Subsampling];
  /** Place of the marker of Adobe's segment, which says how colours are stored. */
  readonly adobe?: number;
}

const hint = 'Save it again as a JPEG or PNG, or take it out of the folder.';
const [SOI, APP1, APP14, SOS, EOI] = [0xd8, 0xe1, 0xee, 0xda, 0xd9];
/** Frames that decoders know: baseline, extended, progressive. The others are lossless, hierarchical or arithmetic. */
const known = [0xc0, 0xc1, 0xc2];
/** Markers between 0xc0 and 0xcf that begin no frame: tables of Huffman codes, an extension, arithmetic conditions. */
const noFrames = [0xc4, 0xc8, 0xcc];

/** The complaint about a JPEG that cannot be unpacked. */
export const damaged = (name: string, cause: unknown): DataError =>
  new DataError(`${name} is damaged: ${(cause as Error).message}`, { hint, cause });

/** Whether bytes begin as a JPEG does. */
export const isJpeg = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && bytes[1] === SOI && bytes[2] === 0xff;

/**
 * Reads the segments of a JPEG up to its pixels: https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B.
 *
 * @throws DataError naming the file when it is no JPEG, is cut short, of a kind that is not read, or too large
 */
export function jpegHeader(bytes: Uint8Array, name: string): JpegHeader {
  if (!isJpeg(bytes)) throw new DataError(`${name} is no JPEG`, { hint });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation: Orientation = 1;
  let adobe: number | undefined;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    // Any number of 0xff may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = view.getUint16(at + 2);
    const end = at + 2 + length;
    if (marker === SOS || marker === EOI || length < 2 || end > bytes.length) break;
    if (marker === APP1) orientation = orientationIn(bytes.subarray(at + 4, end)) ?? orientation;
    if (marker === APP14 && isAdobe(bytes.subarray(at + 4, end))) adobe = at + 1;
    if (marker >= 0xc0 && marker <= 0xcf && !noFrames.includes(marker)) {
      if (!known.includes(marker) || length < 8 || view.getUint8(at + 4) !== 8) {
        throw new DataError(`${name} is a JPEG of a kind that is not read`, {
          hint: 'Save it as a baseline or progressive JPEG of 8 bits, or as a PNG.',
        });
      }
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      assertPixelCount(width, height, name);
      assertPlausible(width * height, bytes.length, name);
      const components = bytes.subarray(at + 10, end);
      const ycc = planesOf(components, adobe === undefined ? undefined : bytes[adobe + 14]);
      return {
        ...{ width, height, orientation },
        channels: view.getUint8(at + 9) === 1 ? 1 : 3,
        ...(ycc === undefined ? {} : { ycc }),
        ...(adobe === undefined ? {} : { adobe }),
      };
    }
    at = end;
  }
  throw new DataError(`${name} is damaged: it ends or breaks before its pixels`, { hint });
}

const isAdobe = (segment: Uint8Array) =>
  segment.length >= 12 && String.fromCharCode(...segment.subarray(0, 5)) === 'Adobe';

/**
 * How differences of colour are sampled in a frame of three components, unless Adobe's segment says that they are red,
 * green and blue (`transform` 0), or they do not divide the picture evenly.
 */
function planesOf(
  components: Uint8Array,
  transform: number | undefined,
): readonly [Subsampling, Subsampling] | undefined {
  if (components.length !== 9 || transform === 0) return undefined;
  const [y, ...differences] = [1, 4, 7].map((at) => ({
    across: components[at]! >> 4,
    down: components[at]! & 15,
  }));
  const planes = differences.map(({ across, down }) => ({
    across: y!.across / across,
    down: y!.down / down,
  }));
  const whole = (ratio: number) => Number.isInteger(ratio) && ratio >= 1;
  if (!planes.every(({ across, down }) => whole(across) && whole(down))) return undefined;
  return [planes[0]!, planes[1]!];
}

/** Each block of 64 pixels takes at least one bit, so a few bytes that promise a huge picture are a trap or a ruin. */
function assertPlausible(pixels: number, bytes: number, name: string): void {
  if (bytes * 8 * 64 >= pixels) return;
  throw new DataError(`${name} is damaged: ${bytes} bytes cannot hold ${pixels} pixels`, { hint });
}
