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

const { DHT, DQT, DRI } = markers;

/** Order of a block's coefficients in a file, then places for those that a damaged file has too many of. */
export const zigzag = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6],
  ...[7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31],
  ...[39, 46, 53, 60, 61, 54, 47, 55, 62, 63, ...Array<number>(16).fill(63)],
);

/** Codes of variable length: ITU T.81, annex C. */
export interface HuffmanTable {
  /** For each 8 bits that begin with a code: 256 × its length + its symbol; 0 if the code is longer. */
  readonly short: Uint16Array;
  /** By length: the first number that is no code of it, and what to add to a code for the index of its symbol. */
  readonly limits: Int32Array;
  readonly offsets: Int32Array;
  readonly symbols: Uint8Array;
}

/** Tables that hold until others of their number replace them. */
export class Tables {
  readonly steps: (Uint16Array | undefined)[] = [];
  readonly direct: (HuffmanTable | undefined)[] = [];
  readonly others: (HuffmanTable | undefined)[] = [];
  /** MCUs from one restart marker to the next; 0 without any. */
  restart = 0;

  constructor() {
    this.read({ marker: DHT, content: typical(), end: 0 });
  }

  read({ marker, content }: Segment): void {
    if (marker === DRI) this.restart = (content[0]! << 8) | content[1]! || 0;
    for (let at = 0; (marker === DQT || marker === DHT) && at < content.length; ) {
      const [kind, number] = [content[at]! >> 4, content[at]! & 15];
      if (kind > 1 || number > 3) throw new Error('a table is broken');
      at++;
      if (marker === DHT) {
        const table = huffmanTable(content.subarray(at));
        (kind === 0 ? this.direct : this.others)[number] = table;
        at += 16 + table.symbols.length;
      } else {
        const steps = new Uint16Array(64);
        for (let i = 0; i < 64; i++, at += kind + 1) {
          if (at + kind >= content.length) throw new Error('a table is broken');
          steps[zigzag[i]!] = kind === 0 ? content[at]! : (content[at]! << 8) | content[at + 1]!;
        }
        this.steps[number] = steps;
      }
    }
  }
}

function huffmanTable(content: Uint8Array): HuffmanTable {
  const counts = content.subarray(0, 16);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const symbols = content.slice(16, 16 + total);
  if (counts.length < 16 || total > 256 || symbols.length < total) throw new Error('a table is broken');
  const short = new Uint16Array(256);
  const [limits, offsets] = [new Int32Array(17), new Int32Array(17)];
  let [code, index] = [0, 0];
  for (let length = 1; length <= 16; length++) {
    offsets[length] = index - code;
    for (let i = 0; i < counts[length - 1]!; i++, code++, index++) {
      if (length <= 8) {
        const first = code << (8 - length);
        short.fill((length << 8) | symbols[index]!, first, first + (1 << (8 - length)));
      }
    }
    if (code > 1 << length) throw new Error('a table is broken');
    limits[length] = code;
    code <<= 1;
  }
  return { short, limits, offsets, symbols };
}

/** Tables of ITU T.81, annex K.3, which hold unless a file has its own: frames of webcams have none. */
const typical = (): Uint8Array => Uint8Array.from(atob(TYPICAL), (character) => character.charCodeAt(0));
const TYPICAL = [
  'AAABBQEBAQEBAQAAAAAAAAAAAQIDBAUGBwgJCgsQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNico',
  'IJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1',
  'tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+gEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoLEQACAQIEBAMEBw',
  'UEBAABAncAAQIDEQQFITEGEkFRB2FxEyIygQgUQpGhscEJIzNS8BVictEKFiQ04SXxFxgZGiYnKCkqNTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNk',
  'ZWZnaGlqc3R1dnd4eXqCg4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2dri4+Tl5ufo6ery8/T19v',
  'f4+fo=',
].join('');
