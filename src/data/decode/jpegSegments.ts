/** One of the planes of a frame, as its header describes it: ITU T.81, B.2.2. */
export interface FrameComponent {
  readonly id: number;
  /** Sampling factors, 1 to 4. */
  readonly across: number;
  readonly down: number;
  /** Number of its table of steps. */
  readonly table: number;
}

/** A frame that is decoded: baseline, extended or progressive, of 8 bits. */
export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly components: readonly FrameComponent[];
}

/** The largest sampling factors of a frame, which are those of its full size. */
export const largestFactors = (components: readonly FrameComponent[]): readonly [number, number] => [
  Math.max(...components.map(({ across }) => across)),
  Math.max(...components.map(({ down }) => down)),
];

/** A segment of a JPEG: its marker, and its content without marker and length. */
export interface Segment {
  readonly marker: number;
  readonly content: Uint8Array;
  /** Offset of the byte behind it. */
  readonly end: number;
}

/** Marks of what is wrong with a file that can be decoded in spite of it. */
export interface Flaws {
  /** Bytes that belong to nothing lie between segments or before a restart. */
  junk: boolean;
  /** Codes that mean nothing, or fewer than the picture has: some of it is lost. */
  lost: boolean;
  /** The file ends behind its pixels, but without the marker of an end. */
  endless: boolean;
}

/** Markers: https://www.w3.org/Graphics/JPEG/itu-t81.pdf, table B.1. */
export const markers = {
  ...{
    SOF0: 0xc0,
    SOF2: 0xc2,
    DHT: 0xc4,
    SOF15: 0xcf,
    RST0: 0xd0,
    RST7: 0xd7,
    SOI: 0xd8,
    EOI: 0xd9,
    SOS: 0xda,
  },
  ...{ DQT: 0xdb, DRI: 0xdd, APP0: 0xe0, APP1: 0xe1, APP14: 0xee, APP15: 0xef, COM: 0xfe, TEM: 0x01 },
};
const { SOF0, RST0, RST7, SOI, EOI, APP0, APP15, COM, TEM } = markers;
/** In place of a marker: the file ends. */
export const NONE = -1;

/** Offset of the next marker's second byte at or behind `at`. As libjpeg does, skips whatever is none. */
export function markerFrom(data: Uint8Array, at: number, flaws: Flaws): number {
  let from = at;
  for (;;) {
    const start = data.indexOf(0xff, from);
    if (start === -1) return NONE;
    if (start !== from) flaws.junk = true;
    from = start;
    while (data[from] === 0xff) from++;
    if (from >= data.length) return NONE;
    if (data[from] !== 0) return from;
    flaws.junk = true;
    from++;
  }
}

/**
 * The segment at or behind an offset; `undefined` where the file ends. Restart markers, which mean nothing between segments,
 * are skipped.
 *
 * @throws Error for a marker that means nothing, or a segment longer than the file
 */
export function segmentFrom(data: Uint8Array, at: number, flaws: Flaws): Segment | undefined {
  let from = at;
  for (;;) {
    const found = markerFrom(data, from, flaws);
    if (found === NONE) return undefined;
    const marker = data[found]!;
    from = found + 1;
    if (marker === EOI) return { marker, content: data.subarray(from, from), end: from };
    if (marker === TEM || (marker >= RST0 && marker <= RST7)) continue;
    if (marker < SOF0 || marker === SOI || (marker > APP15 && marker !== COM)) {
      throw new Error(`marker ${marker.toString(16)} means nothing`);
    }
    const length = (data[from]! << 8) | data[from + 1]!;
    const end = from + Math.max(2, length);
    if (end > data.length) throw new Error('a segment is longer than the file');
    if (length < 2) {
      if (marker !== COM && (marker < APP0 || marker > APP15)) throw new Error('a segment is too short');
      flaws.junk = true;
    }
    return { marker, content: data.subarray(from + 2, end), end };
  }
}
