import { DataError } from '../../core/errors.js';
import { resample } from '../resample.js';
import { UnsupportedFormatError } from './formats.js';
import { decodePlanes, type Plane } from './jpegPlanes.js';
import {
  type Flaws,
  type FrameComponent,
  type JpegFrame,
  largestFactors,
  markers,
  type Segment,
  segmentFrom,
} from './jpegSegments.js';
import {
  assertPixelCount,
  checkFile,
  type ExifOrientation,
  orient,
  orientationIn,
  type Pixels,
} from './pixels.js';

/** What the planes of a JPEG are. */
export type JpegColors = 'gray' | 'rgb' | 'ycc' | 'cmyk' | 'ycck';

/** The segments of a JPEG before its first scan. */
export interface JpegHeader {
  /** As stored, before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly orientation: ExifOrientation;
  readonly colors: JpegColors;
  readonly frame: JpegFrame;
  /** Header of the first scan. */
  readonly start: Segment;
  /** Segments that hold tables. */
  readonly tables: readonly Segment[];
  /** True if bytes that belong to nothing lie between segments. */
  readonly junk: boolean;
}

const hint = 'Save it again as a JPEG or PNG, or take it out of the folder.';
const { APP0, APP1, APP14, DHT, DQT, DRI, EOI, SOF0, SOF2, SOF15, SOS } = markers;
/** Markers from SOF0 to SOF15 that begin no frame: Huffman tables, an extension, arithmetic conditions. */
const noFrames = [0xc4, 0xc8, 0xcc];

/** The error for a JPEG that cannot be decoded. */
export const damaged = (name: string, cause: unknown): DataError =>
  new DataError(`${name} is damaged: ${(cause as Error).message}`, { hint, cause });

/** True for bytes that begin as a JPEG does. */
export const isJpeg = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/**
 * Reads the segments of a JPEG up to its pixels: https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B.
 *
 * @throws DataError naming the file when it is no JPEG, is cut short, of a kind that is not read, or too large
 */
export function jpegHeader(bytes: Uint8Array, name: string): JpegHeader {
  if (!isJpeg(bytes)) throw new DataError(`${name} is no JPEG`, { hint });
  const flaws: Flaws = { junk: false, lost: false, endless: false };
  const tables: Segment[] = [];
  let orientation: ExifOrientation = 1;
  let frame: JpegFrame | undefined;
  let jfif = false;
  let adobe: number | undefined;
  for (let at = 2; ; ) {
    const segment = attempt(name, () => segmentFrom(bytes, at, flaws));
    if (segment === undefined || segment.marker === EOI) break;
    const { marker, content } = segment;
    at = segment.end;
    if (marker === APP0) jfif ||= content.length >= 14 && begins(content, 'JFIF\0');
    if (marker === APP1) orientation = orientationIn(content) ?? orientation;
    if (marker === APP14 && content.length >= 12 && begins(content, 'Adobe')) adobe = content[11]!;
    if (marker === DHT || marker === DQT || marker === DRI) tables.push(segment);
    if (marker >= SOF0 && marker <= SOF15 && !noFrames.includes(marker)) {
      if (frame !== undefined) throw damaged(name, new Error('it has two frames'));
      frame = frameOf(segment, name);
      assertPixelCount(frame.width, frame.height, name);
      assertPlausible(frame.width * frame.height, bytes.length, name);
    }
    if (marker !== SOS) continue;
    if (frame === undefined) break;
    const { width, height, components } = frame;
    const channels = components.length === 1 ? 1 : 3;
    const colors = colorsOf(components, jfif, adobe);
    return { width, height, channels, orientation, colors, frame, tables, start: segment, junk: flaws.junk };
  }
  throw damaged(name, new Error('it ends or breaks before its pixels'));
}

function attempt<Result>(name: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw damaged(name, cause);
  }
}

const begins = (content: Uint8Array, text: string) =>
  String.fromCharCode(...content.subarray(0, text.length)) === text;

/** The frame of a segment: ITU T.81, B.2.2. */
function frameOf({ marker, content }: Segment, name: string): JpegFrame {
  const [bits, count] = [content[0], content[5]];
  const components = Array.from({ length: count ?? 0 }, (_, i): FrameComponent => {
    const [id, factors, table] = content.subarray(6 + 3 * i, 9 + 3 * i);
    return { id: id!, across: factors! >> 4, down: factors! & 15, table: table! };
  });
  const [across, down] = largestFactors(components);
  const whole = components.every((one) => across % one.across === 0 && down % one.down === 0);
  const few = [1, 3, 4].includes(components.length) && across <= 4 && down <= 4;
  // Baseline, extended and progressive frames are decoded. The others are lossless, hierarchical or arithmetic.
  if (marker > SOF2 || bits !== 8 || !few || !whole) {
    throw new UnsupportedFormatError(
      name,
      'a JPEG of a kind that is not read',
      'save it as a baseline or progressive JPEG of 8 bits, or as a PNG',
    );
  }
  return {
    width: (content[3]! << 8) | content[4]!,
    height: (content[1]! << 8) | content[2]!,
    progressive: marker === SOF2,
    components,
  };
}

/** What planes are, by the rules of libjpeg (`default_decompress_parms`). */
function colorsOf(
  components: readonly FrameComponent[],
  jfif: boolean,
  adobe: number | undefined,
): JpegColors {
  if (components.length === 1) return 'gray';
  if (components.length === 4) return adobe === undefined || adobe === 0 ? 'cmyk' : 'ycck';
  if (jfif) return 'ycc';
  if (adobe !== undefined) return adobe === 0 ? 'rgb' : 'ycc';
  return String.fromCharCode(...components.map(({ id }) => id)) === 'RGB' ? 'rgb' : 'ycc';
}

/** Each block of 64 pixels takes at least one bit, so a few bytes cannot hold a huge picture. */
function assertPlausible(pixels: number, bytes: number, name: string): void {
  if (bytes * 8 * 64 >= pixels) return;
  throw new DataError(`${name} is damaged: ${bytes} bytes cannot hold ${pixels} pixels`, { hint });
}

/**
 * Decodes a baseline or progressive JPEG and applies its EXIF orientation. Gray files have 1 channel and all others 3; color
 * profiles are ignored. As in libjpeg, bytes that belong to nothing are skipped, and what is lost in the middle of a file is
 * gray; the note says so.
 *
 * @param name the file, for messages
 * @throws DataError naming the file when it is no JPEG, ends early, is damaged, or has more than 2²⁶ pixels
 */
export function decodeJpeg(bytes: Uint8Array, name: string): Pixels {
  checkFile(bytes, name, 'decodeJpeg');
  const header = jpegHeader(bytes, name);
  const flaws: Flaws = { junk: header.junk, lost: false, endless: false };
  const image = attempt(name, () => {
    const planes = decodePlanes(bytes, header.frame, header, flaws);
    return orient(colored(planes, header), header.orientation);
  });
  const note = noteOf(flaws);
  return note === undefined ? image : { ...image, note };
}

const noteOf = ({ junk, lost, endless }: Flaws): string | undefined => {
  if (lost) return 'is damaged: a part of it is lost';
  if (endless) return 'lacks the mark of its end';
  return junk ? 'holds bytes that belong to nothing' : undefined;
};

function colored(planes: readonly Plane[], { width, height, colors, frame }: JpegHeader): Pixels {
  const [across, down] = largestFactors(frame.components);
  const full = planes.map((plane, i) => {
    const component = frame.components[i]!;
    return spread(plane, width, height, across / component.across, down / component.down);
  });
  if (colors === 'gray') {
    return { pixels: Float32Array.from(full[0]!, (value) => value / 255), shape: [height, width, 1] };
  }
  const [first, second, third, black] = full as [Values, Values, Values, Values?];
  const pixels = new Float32Array(width * height * 3);
  const limited = (value: number) => Math.min(255, Math.max(0, value));
  for (let i = 0; i < width * height; i++) {
    let [red, green, blue] = [first[i]!, second[i]!, third[i]!];
    if (colors === 'ycc' || colors === 'ycck') {
      const [y, cb, cr] = [red, green - 128, blue - 128];
      red = limited(y + 1.402 * cr);
      green = limited(y - 0.344136 * cb - 0.714136 * cr);
      blue = limited(y + 1.772 * cb);
    }
    // Inks are stored as what they leave of white; with YCCK, the first three are not.
    const light = black === undefined ? 1 : black[i]! / 255;
    if (colors === 'ycck') [red, green, blue] = [255 - red, 255 - green, 255 - blue];
    pixels[i * 3] = (red / 255) * light;
    pixels[i * 3 + 1] = (green / 255) * light;
    pixels[i * 3 + 2] = (blue / 255) * light;
  }
  return { pixels, shape: [height, width, 3] };
}

type Values = Uint8Array | Float32Array;

/**
 * A plane at the size of the picture. As in libjpeg, values of a plane of half the size are interpolated; those of a smaller
 * one, or of one that is two values wide or less, are repeated in blocks.
 *
 * @param across width of the picture as a multiple of that of the plane
 */
function spread(
  { samples, stride }: Plane,
  width: number,
  height: number,
  across: number,
  down: number,
): Values {
  if (across === 1 && down === 1) {
    const values = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) values.set(samples.subarray(y * stride, y * stride + width), y * width);
    return values;
  }
  const [columns, rows] = [Math.ceil(width / across), Math.ceil(height / down)];
  if (across > 2 || down > 2 || (across === 2 && columns <= 2)) {
    const values = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      const row = Math.floor(y / down) * stride;
      for (let x = 0; x < width; x++) values[y * width + x] = samples[row + Math.floor(x / across)]!;
    }
    return values;
  }
  const plane = Float32Array.from(spread({ samples, stride }, columns, rows, 1, 1));
  const box = { top: 0, left: 0, height: height / down, width: width / across };
  return resample({ pixels: plane, shape: [rows, columns, 1] }, box, height, width).pixels;
}
