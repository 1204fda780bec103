import { DataError } from '../../core/errors.js';
import { shown } from '../../core/shown.js';
import { tiffTag } from './pixels.js';

/** The error for a whole picture in a format that cannot be read here. Readers pass it over and list it. */
export class UnsupportedFormatError extends DataError {
  /** What it is and the way out, the same for all such files: `WebP, which needs the package sharp: run npm install sharp`. */
  readonly reason: string;

  /**
   * @param file for the message
   * @param what the format, and why it cannot be read: `WebP, which needs the package sharp`
   * @param wayOut without a capital and a full stop: `run npm install sharp`
   */
  constructor(file: string, what: string, wayOut: string) {
    const [is, way] = [shown(what), shown(wayOut)];
    super(`${shown(file)} is ${is}`, { hint: `${way.charAt(0).toUpperCase()}${way.slice(1)}.` });
    this.reason = `${is}: ${way}`;
  }
}

/** Formats that are read, with their titles: the first two in JavaScript, the others by the package sharp. */
export const formats = {
  png: 'PNG',
  jpeg: 'JPEG',
  webp: 'WebP',
  avif: 'AVIF',
  gif: 'GIF',
  tiff: 'TIFF',
  heic: 'HEIC',
} as const;
export type FormatName = keyof typeof formats;

/** Content of a file, told by its first bytes and not by its name. */
export type Content =
  | { readonly kind: 'format'; readonly format: FormatName }
  /** A picture, a film or a document in a format that is not read. */
  | { readonly kind: 'foreign'; readonly title: string }
  | { readonly kind: 'unknown' };

/** First bytes of files, of which `?` is any byte, and what they are. Of two that fit, the former holds. */
const signatures: readonly (readonly [string, FormatName | { readonly foreign: string }])[] = [
  ['\x89PNG', 'png'],
  ['\xff\xd8\xff', 'jpeg'],
  ['RIFF????WEBP', 'webp'],
  ['GIF8', 'gif'],
  ['II*\0????CR', { foreign: 'a raw photograph of a camera (CR2)' }],
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
  ['II+\0', 'tiff'],
  ['MM\0+', 'tiff'],
  ['IIU\0', { foreign: 'a raw photograph of a camera (RW2)' }],
  ['IIRO', { foreign: 'a raw photograph of a camera (ORF)' }],
  ['IIRS', { foreign: 'a raw photograph of a camera (ORF)' }],
  ['FUJIFILMCCD-RAW', { foreign: 'a raw photograph of a camera (RAF)' }],
  ['BM????\0\0\0\0', { foreign: 'BMP' }],
  ['BM', { foreign: 'BMP' }],
  ['8BPS', { foreign: 'a Photoshop file' }],
  ['\0\0\x01\0', { foreign: 'an icon (ICO)' }],
  ['\0\0\x02\0', { foreign: 'a cursor (CUR)' }],
  ['icns', { foreign: 'an icon (ICNS)' }],
  ['\xff\x0a', { foreign: 'JPEG XL' }],
  ['\0\0\0\x0cJXL ', { foreign: 'JPEG XL' }],
  ['\0\0\0\x0cjP  ', { foreign: 'JPEG 2000' }],
  ['\xff\x4f\xff\x51', { foreign: 'JPEG 2000' }],
  ['II\xbc', { foreign: 'JPEG XR' }],
  ['%PDF', { foreign: 'a PDF' }],
  ['%!PS', { foreign: 'PostScript' }],
  ['RIFF????AVI ', { foreign: 'a film (AVI)' }],
  ['\x1a\x45\xdf\xa3', { foreign: 'a film (WebM or Matroska)' }],
  ['RIFF', { foreign: 'a RIFF file' }],
  ['DDS ', { foreign: 'a texture (DDS)' }],
  ['qoif', { foreign: 'QOI' }],
  ['gimp xcf', { foreign: 'a GIMP file' }],
  ['v/1\x01', { foreign: 'OpenEXR' }],
  ['#?RADIANCE', { foreign: 'Radiance HDR' }],
  ['SIMPLE  =', { foreign: 'FITS' }],
  ['PK\x03\x04', { foreign: 'a ZIP archive' }],
];

const latin = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** Tells what a file is by its first bytes. */
export function contentOf(bytes: Uint8Array): Content {
  const start = latin(bytes.subarray(0, 32));
  const fits = (signature: string) =>
    start.length >= signature.length &&
    Array.from(signature).every((character, i) => character === '?' || character === start[i]);
  if (start.slice(4, 8) === 'ftyp') return boxed(bytes);
  const found = signatures.find(([signature]) => fits(signature))?.[1];
  if (typeof found === 'string') {
    // Cameras' raw photographs in the form of DNG are TIFFs whose picture is a preview.
    return found === 'tiff' && tiffTag(bytes, DNG_VERSION) !== undefined
      ? { kind: 'foreign', title: 'a raw photograph of a camera (DNG)' }
      : { kind: 'format', format: found };
  }
  if (found !== undefined) return { kind: 'foreign', title: found.foreign };
  if (/^P[1-7][\s#]/.test(start)) return { kind: 'foreign', title: 'PNM' };
  if (['ftyp', 'moov', 'mdat', 'wide', 'free'].includes(start.slice(4, 8))) return film;
  return /^\s*<(\?xml|svg|!DOCTYPE svg|!--)/i.test(start.replace(/^\xef\xbb\xbf/, '')) &&
    /<svg[\s>]/i.test(latin(bytes.subarray(0, 4096)))
    ? { kind: 'foreign', title: 'SVG' }
    : { kind: 'unknown' };
}

const film: Content = { kind: 'foreign', title: 'a film (MP4 or MOV)' };

/** What a file of boxes is by its brands: ISO/IEC 14496-12, 4.3. */
function boxed(bytes: Uint8Array): Content {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const text = latin(bytes.subarray(8, Math.min(bytes.length, Math.max(16, Math.min(length, 256)))));
  const brands = Array.from({ length: text.length >> 2 }, (_, i) => text.slice(4 * i, 4 * i + 4));
  const any = (...names: string[]) => brands.some((brand) => names.includes(brand));
  const [major] = brands;
  if (major === 'crx ') return { kind: 'foreign', title: 'a raw photograph of a camera (CR3)' };
  if (any('avif', 'avis')) return { kind: 'format', format: 'avif' };
  if (any('heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1'))
    return { kind: 'format', format: 'heic' };
  if (any('jxl ')) return { kind: 'foreign', title: 'JPEG XL' };
  return film;
}

const DNG_VERSION = 0xc612;

/** The error for bytes that are no picture that is read. */
export function unreadable(bytes: Uint8Array, name: string): DataError {
  const content = contentOf(bytes);
  if (content.kind === 'foreign') {
    return new UnsupportedFormatError(
      name,
      `${content.title}, which is not read`,
      'save it as a PNG or JPEG',
    );
  }
  return new DataError(`${name} is neither PNG nor JPEG${bytes.length === 0 ? ': it is empty' : ''}`, {
    hint: 'Save it as one of them, or take it out of the folder.',
  });
}
