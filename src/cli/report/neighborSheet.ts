import type { Pixels } from '../../data/decode/pixels.js';
import type { Picture } from './contactSheet.js';

/** Shape of photos in a sheet. */
export const SHEET_SHAPE = [72, 72, 3] as const;

/** A photo in a sheet. */
export interface SheetPhoto {
  /** In the shape of photos in a sheet. */
  readonly picture: Pixels;
  /** Written below it with two decimals: how near it is to a point, as a cosine. Default: nothing. */
  readonly cosine?: number;
  /** `real`: a thick frame for a photo that a row begins or ends with. `other`: a frame for a neighbor of another class. */
  readonly frame?: 'real' | 'other';
}

/** Side of a photo, height of what is below it, room between photos and between groups, and width of a frame, in pixels. */
const [SIDE, CAPTION, GAP, GROUP_GAP, FRAME] = [SHEET_SHAPE[0], 16, 6, 18, 3];
/** Pixels of the sheet that a dot of a digit takes. */
const DOT = 2;

/** Digits of 3×5 dots, a row a number of three bits. */
const digits: Readonly<Record<string, readonly number[]>> = {
  '0': [7, 5, 5, 5, 7],
  '1': [2, 6, 2, 2, 7],
  '2': [7, 1, 7, 4, 7],
  '3': [7, 1, 3, 1, 7],
  '4': [5, 5, 7, 1, 1],
  '5': [7, 4, 7, 1, 7],
  '6': [7, 4, 7, 5, 7],
  '7': [7, 1, 2, 2, 2],
  '8': [7, 5, 7, 5, 7],
  '9': [7, 5, 7, 1, 7],
  '.': [0, 0, 0, 0, 2],
  '-': [0, 0, 7, 0, 0],
};

const colors = { ink: [27, 27, 27], real: [27, 27, 27], other: [213, 94, 0] } as const;

/**
 * Draws photos in rows on white, each with its cosine below it. Each row holds the same groups side by side: for example a real photo, the
 * neighbors of points on the way to another one, and that other one.
 */
export function neighborSheet(rows: readonly (readonly (readonly SheetPhoto[])[])[]): Picture {
  const groups = Math.max(...rows.map((row) => row.length));
  const columns = Array.from({ length: groups }, (_, g) =>
    Math.max(...rows.map((row) => row[g]?.length ?? 0)),
  );
  const cell = SIDE + GAP;
  const lefts = columns.map((_, g) =>
    columns.slice(0, g).reduce((left, count) => left + count * cell + GROUP_GAP, GAP),
  );
  const line = SIDE + CAPTION + GAP;
  const width = lefts.at(-1)! + columns.at(-1)! * cell;
  const height = GAP + rows.length * line;
  const data = new Uint8Array(width * height * 3).fill(255);
  const paint = (x: number, y: number, color: readonly number[]) => data.set(color, (y * width + x) * 3);
  for (const [r, row] of rows.entries()) {
    for (const [g, group] of row.entries()) {
      for (const [i, photo] of group.entries()) {
        const [left, top] = [lefts[g]! + i * cell, GAP + r * line];
        drawPhoto(photo, (x, y, color) => paint(left + x, top + y, color));
        if (photo.cosine !== undefined) {
          write(photo.cosine.toFixed(2), (x, y) => paint(left + x, top + SIDE + 4 + y, colors.ink));
        }
      }
    }
  }
  return { width, height, data };
}

function drawPhoto(
  { picture: { pixels }, frame }: SheetPhoto,
  paint: (x: number, y: number, color: readonly number[]) => void,
): void {
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const framed = Math.min(x, y, SIDE - 1 - x, SIDE - 1 - y) < FRAME;
      const at = (y * SIDE + x) * 3;
      paint(
        x,
        y,
        frame !== undefined && framed
          ? colors[frame]
          : [0, 1, 2].map((c) => Math.round(255 * pixels[at + c]!)),
      );
    }
  }
}

/** Writes a number in the middle below a photo. */
function write(text: string, paint: (x: number, y: number) => void): void {
  const start = Math.floor((SIDE - (4 * text.length - 1) * DOT) / 2);
  for (const [n, character] of [...text].entries()) {
    for (const [row, bits] of (digits[character] ?? []).entries()) {
      for (let column = 0; column < 3; column++) {
        if (((bits >> (2 - column)) & 1) === 0) continue;
        for (let dot = 0; dot < DOT * DOT; dot++) {
          const [dx, dy] = [dot % DOT, Math.floor(dot / DOT)];
          paint(start + (4 * n + column) * DOT + dx, row * DOT + dy);
        }
      }
    }
  }
}
