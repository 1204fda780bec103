import { DataError } from '../../core/errors.js';
import { type FormatName, formats, UnsupportedFormatError } from './formats.js';
import {
  assertPixelCount,
  type ExifOrientation,
  MOST_PIXELS,
  orient,
  type Pixels,
  tiffTag,
} from './pixels.js';
import { type DecodeOptions, laidOver, type StoredValues } from './transparency.js';

/** The part of the package sharp that is used here. It is an optional peer, so its own types may be missing. */
export interface Sharp {
  (bytes: Uint8Array, options: object): SharpImage;
  readonly format?: { readonly heif?: { readonly input?: { readonly fileSuffix?: readonly string[] } } };
}

interface SharpImage {
  metadata(): Promise<SharpMetadata>;
  pipelineColourspace(space: string): SharpImage;
  toColourspace(space: string): SharpImage;
  raw(options?: object): SharpImage;
  toBuffer(
    options: object,
  ): Promise<{ data: Uint8Array; info: { channels: number; width: number; height: number } }>;
}

interface SharpMetadata {
  readonly width: number;
  readonly height: number;
  readonly space: string;
  readonly depth: string;
  readonly hasAlpha: boolean;
  readonly orientation?: number;
}

let loading: Promise<Sharp | undefined> | undefined;

/** The package sharp if it is installed beside this one. */
export function installedSharp(): Promise<Sharp | undefined> {
  // No literal, so that neither the compiler nor a bundler looks for it.
  loading ??= import(['sharp'].join('')).then(
    ({ default: sharp }) => sharp as Sharp,
    () => undefined,
  );
  return loading;
}

/** Options for every picture. Profiles of colors are ignored, as Pillow ignores them; of an animation, the first frame is read. */
export const sharpOptions = { limitInputPixels: MOST_PIXELS, ignoreIcc: true };

/** A picture in a format that sharp alone reads. */
export interface SharpPicture {
  /** As stored, before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly orientation: ExifOrientation;
  decode(options?: DecodeOptions): Promise<Pixels>;
}

/**
 * Opens a picture by sharp and reads its header.
 *
 * @throws UnsupportedFormatError when sharp is not installed or cannot read the format
 * @throws DataError naming the file when it is damaged or has too many pixels
 */
export async function openBySharp(
  bytes: Uint8Array,
  name: string,
  format: FormatName,
): Promise<SharpPicture> {
  const title = formats[format];
  const sharp = await installedSharp();
  const refused = (what: string, wayOut = 'export it as a JPEG or PNG') =>
    new UnsupportedFormatError(name, `${title}${what}`, wayOut);
  if (sharp === undefined) {
    // Few builds of sharp would help with HEIC.
    if (format === 'heic') throw refused(', which is not read');
    throw refused(', which needs the package sharp', 'run npm install sharp');
  }
  const lacks = () => refused(', which the installed sharp cannot read');
  if (format === 'heic' && !readsHevc(sharp)) throw lacks();
  const failed = (cause: unknown) => {
    const { message } = cause as Error;
    const known = message.startsWith('Input buffer contains unsupported');
    return !known && /unsupported|not supported|not been built|not configured|labq/i.test(message)
      ? lacks()
      : new DataError(`${name} is damaged: ${message.split('\n')[0]}`, { hint, cause });
  };
  // Short of errors, parts that cannot be decoded would be black.
  const image = () => sharp(bytes, { ...sharpOptions, failOn: 'error' });
  const { width, height, space, depth, hasAlpha, orientation } = await image()
    .metadata()
    .catch((cause: unknown) => {
      throw failed(cause);
    });
  assertPixelCount(width, height, name);
  if (depth !== 'uchar' && depth !== 'ushort') throw refused(' of numbers that are no shades');
  const tiff = format === 'tiff' ? bytes : new Uint8Array();
  // libvips takes their values for RGB.
  if (tiffTag(tiff, PHOTOMETRIC) === YCBCR && tiffTag(tiff, COMPRESSION) !== JPEG) {
    throw refused(' of YCbCr, which the installed sharp cannot read');
  }
  const gray = space === 'b-w' || space === 'grey16';
  const turned = (orientation ?? 1) as ExifOrientation;
  return {
    ...{ width, height, channels: gray ? 1 : 3, orientation: turned },
    async decode(options) {
      const target = space === 'cmyk' ? space : targets[depth][gray && !hasAlpha ? 0 : 1];
      const { data, info } = await image()
        .pipelineColourspace(target)
        .toColourspace(target)
        .raw({ depth })
        .toBuffer({ resolveWithObject: true })
        .catch((cause: unknown) => {
          throw failed(cause);
        });
      const values = depth === 'ushort' ? new Uint16Array(data.slice().buffer) : data;
      const most = depth === 'ushort' ? 65535 : 255;
      const { width, height, channels } = info;
      const stored = { values, width, height, channels, most };
      const colors = target === 'cmyk' ? fromInks(stored) : gray && hasAlpha ? withoutColors(stored) : stored;
      return orient(laidOver(colors, options), turned);
    },
  };
}

const hint = 'Save it again as a PNG or JPEG, or take it out of the folder.';

/** Sharp's own builds have no decoder for HEVC, for its patents, and then name AVIF alone. */
const readsHevc = ({ format }: Sharp): boolean =>
  format?.heif?.input?.fileSuffix?.some((suffix) => suffix === '.heic' || suffix === '.heif') ?? false;

/** Tags of a TIFF, and values of these. */
const [COMPRESSION, PHOTOMETRIC] = [259, 262];
const [JPEG, YCBCR] = [7, 6];

/** Color spaces to decode gray and colors into: as they are stored, so that no conversion comes between. */
const targets = { uchar: ['b-w', 'srgb'], ushort: ['grey16', 'rgb16'] } as const;

/** Gray with alpha of RGBA. Asked for gray, sharp drops the alpha. */
function withoutColors(stored: StoredValues): StoredValues {
  const { values, channels } = stored;
  const kept = values.filter((_, i) => i % channels === 0 || i % channels === channels - 1);
  return { ...stored, values: kept, channels: 2 };
}

/** Inks as RGB, as Pillow converts them: what they leave of white. */
function fromInks(stored: StoredValues): StoredValues {
  const { values, width, height, channels, most } = stored;
  const alpha = channels > 4;
  const kept = alpha ? 4 : 3;
  const colors = new Uint16Array(width * height * kept);
  for (let i = 0; i < width * height; i++) {
    const light = most - values[i * channels + 3]!;
    for (let c = 0; c < 3; c++) {
      colors[i * kept + c] = Math.round(((most - values[i * channels + c]!) * light) / most);
    }
    if (alpha) colors[i * kept + 3] = values[i * channels + 4]!;
  }
  return { values: colors, width, height, channels: kept, most };
}
