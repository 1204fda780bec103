import { type Orientation, orientationInTiff } from './exif.js';

const [EXIF, END] = [0x65584966, 0x49454e44];
const SIGNATURE = 8;
/** Length and type before the data of a chunk, and its checksum behind them. */
const [HEAD, TAIL] = [8, 4];

/** The orientation in a PNG's chunk `eXIf`, wherever it stands; 1 without one: https://www.w3.org/TR/png-3/#eXIf. */
export function pngOrientation(bytes: Uint8Array): Orientation {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE; at + HEAD + TAIL <= bytes.length; ) {
    const [length, type] = [view.getUint32(at), view.getUint32(at + 4)];
    const end = at + HEAD + length;
    if (type === END || end + TAIL > bytes.length) return 1;
    if (type === EXIF) return orientationInTiff(bytes.subarray(at + HEAD, end)) ?? 1;
    at = end + TAIL;
  }
  return 1;
}
