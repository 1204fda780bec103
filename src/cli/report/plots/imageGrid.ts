import { Buffer } from 'node:buffer';
import { DataError } from '../../../core/errors.js';
import { formatShape, type LabeledImage } from '../../../core/image.js';
import { encodePng } from '../../../data/decode/png.js';
import { element, FAINT, picture, REFERENCE, text, widthOf } from './svg.js';

export interface ImageRow {
  readonly name: string;
  /** Below the name. */
  readonly note?: string;
  readonly images: readonly LabeledImage[];
}

/** Rows of images with their names. */
export interface ImageGrid {
  readonly title: string;
  readonly rows: readonly ImageRow[];
  /** Heads of the columns. */
  readonly columns?: readonly string[];
  /** Frame the first and last image of each row, from which the others were made. Default: false. */
  readonly ends?: boolean;
  /** Side of a drawn pixel. Default: 2. */
  readonly zoom?: number;
}

const GAP = 4;
const HEAD = 44;

/**
 * Draws rows of images as SVG, each image an embedded PNG.
 *
 * @throws DataError naming the row for an image of another shape than the first, or one that is neither gray nor RGB
 */
export function imageGrid({ title, rows, columns, ends = false, zoom = 2 }: ImageGrid): string {
  const shape = rows[0]?.images[0]?.shape;
  if (shape === undefined) throw new DataError('there are no images to draw');
  const [height, width, channels] = shape;
  const stray = rows.find(({ images }) => images.some((image) => image.shape.join() !== shape.join()));
  if (stray !== undefined || (channels !== 1 && channels !== 3)) {
    throw new DataError(
      stray === undefined
        ? `images of ${formatShape(shape)} cannot be drawn`
        : `an image of the row ${stray.name} is not of ${formatShape(shape)}`,
      { hint: 'Give images of one shape, with 1 or 3 channels.' },
    );
  }
  const cell = { width: width * zoom + GAP, height: height * zoom + GAP };
  const left =
    34 + Math.max(...rows.map(({ name, note = '' }) => Math.max(widthOf(name, 13), widthOf(note, 11))));
  const top = HEAD + (columns === undefined ? 0 : 18);
  const most = Math.max(...rows.map(({ images }) => images.length));
  const key = ends ? 'real image' : '';
  const across = Math.max(left + most * cell.width + 16, 76 + widthOf(title, 17) + widthOf(key, 13));
  return picture(across, top + rows.length * cell.height + 14, title, [
    text(20, 27, title, { 'font-size': 17, 'font-weight': 'bold' }),
    ...(ends
      ? [
          text(across - 42, 26, key, { 'text-anchor': 'end', 'font-size': 13 }),
          frame({ x: across - 34, y: 14, width: 14, height: 14 }),
        ]
      : []),
    ...(columns ?? []).map((words, column) =>
      text(left + (column + 0.5) * cell.width - GAP / 2, top - 8, words, {
        'text-anchor': 'middle',
        'font-size': 11,
        fill: FAINT,
      }),
    ),
    ...rows.flatMap(({ name, note, images }, row) => {
      const y = top + row * cell.height;
      const middle = y + cell.height / 2;
      return [
        text(20, note === undefined ? middle + 4 : middle - 2, name, {
          'font-size': 13,
          'font-weight': 'bold',
        }),
        ...(note === undefined ? [] : [text(20, middle + 12, note, { 'font-size': 11, fill: FAINT })]),
        ...images.flatMap((image, i) => {
          const box = { x: left + i * cell.width, y, width: width * zoom, height: height * zoom };
          const framed = ends && (i === 0 || i === images.length - 1);
          return [
            element('image', { ...box, href: dataUri(image), style: 'image-rendering: pixelated' }),
            ...(framed ? [frame(box)] : []),
          ];
        }),
      ];
    }),
  ]);
}

const frame = (box: Readonly<Record<'x' | 'y' | 'width' | 'height', number>>) =>
  element('rect', { ...box, fill: 'none', stroke: REFERENCE, 'stroke-width': 2 });

const dataUri = ({ pixels, shape }: LabeledImage) =>
  `data:image/png;base64,${Buffer.from(encodePng(pixels, shape)).toString('base64')}`;
