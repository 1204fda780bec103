import { encode } from 'fast-png';
import { DataError } from '../../core/errors.js';
import { formatShape, type ImageShape, type LabeledImage } from '../../core/image.js';

/** 8-bit RGB picture, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface ContactSheetOptions {
  /** Side of a drawn pixel. Default 2. */
  readonly zoom?: number;
  /** White pixels between images. Default 3. */
  readonly gap?: number;
  /** White pixels between the groups of a row. Default 15. */
  readonly groupGap?: number;
}

/**
 * Draws images in rows on white. Each row holds the same groups side by side, for example the real images of a class and the
 * images made from them.
 */
export function contactSheet(
  rows: readonly (readonly (readonly LabeledImage[])[])[],
  shape: ImageShape,
  { zoom = 2, gap = 3, groupGap = 15 }: ContactSheetOptions = {},
): Picture {
  const [height, width, channels] = shape;
  if (channels !== 1 && channels !== 3) {
    throw new DataError(`images of ${formatShape(shape)} cannot be drawn`, { hint: 'Use 1 or 3 channels.' });
  }
  const cell = { height: height * zoom + gap, width: width * zoom + gap };
  const groups = Math.max(...rows.map((row) => row.length));
  const columnsOf = Array.from({ length: groups }, (_, g) =>
    Math.max(...rows.map((row) => row[g]?.length ?? 0)),
  );
  const startOf = columnsOf.map((_, g) =>
    columnsOf.slice(0, g).reduce((left, columns) => left + columns * cell.width + groupGap, gap),
  );
  const sheet = {
    width: startOf.at(-1)! + columnsOf.at(-1)! * cell.width,
    height: rows.length * cell.height + gap,
  };
  const data = new Uint8Array(sheet.width * sheet.height * 3).fill(255);
  const draw = ({ pixels }: LabeledImage, top: number, left: number) => {
    for (let y = 0; y < height * zoom; y++) {
      for (let x = 0; x < width * zoom; x++) {
        const from = (Math.floor(y / zoom) * width + Math.floor(x / zoom)) * channels;
        const to = ((top + y) * sheet.width + left + x) * 3;
        for (let c = 0; c < 3; c++) data[to + c] = Math.round(255 * pixels[from + (channels === 3 ? c : 0)]!);
      }
    }
  };
  for (const [r, row] of rows.entries()) {
    for (const [g, group] of row.entries()) {
      for (const [i, image] of group.entries())
        draw(image, gap + r * cell.height, startOf[g]! + i * cell.width);
    }
  }
  return { ...sheet, data };
}

/** A picture as a PNG. */
export const pictureToPng = (picture: Picture): Uint8Array => encode({ ...picture, channels: 3, depth: 8 });
