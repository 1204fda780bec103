/** How a picture is turned for the eye, 1 … 8 as EXIF numbers it; 1 is as stored. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const TAG = 0x0112;
const SHORT = 3;
const ENTRY = 12;

/**
 * The orientation that an APP1 segment of a JPEG holds, as far as it is EXIF and has one.
 *
 * @param segment without its marker and length
 */
export function orientationIn(segment: Uint8Array): Orientation | undefined {
  if (String.fromCharCode(...segment.subarray(0, 6)) !== 'Exif\0\0') return undefined;
  return orientationInTiff(segment.subarray(6));
}

/** The orientation in what EXIF is in any file: CIPA DC-008, sections 4.5 and 4.6. Of what is broken nothing is read. */
export function orientationInTiff(bytes: Uint8Array): Orientation | undefined {
  const tiff = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (tiff.byteLength < 8) return undefined;
  const order = tiff.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const little = order === 0x4949;
  const directory = tiff.getUint32(4, little);
  if (directory + 2 > tiff.byteLength) return undefined;
  const entries = tiff.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + i * ENTRY;
    if (at + ENTRY > tiff.byteLength) return undefined;
    if (tiff.getUint16(at, little) !== TAG || tiff.getUint16(at + 2, little) !== SHORT) continue;
    const value = tiff.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? (value as Orientation) : undefined;
  }
  return undefined;
}
