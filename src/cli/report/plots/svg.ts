import { UsageError } from '../../../core/errors.js';

/** Text escaped for XML and HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

type Attributes = Readonly<Record<string, string | number>>;

/** An element with its attributes and content. Numbers are rounded to a hundredth of a pixel. */
export function element(name: string, attributes: Attributes, inside: readonly string[] = []): string {
  const words = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? Number(value.toFixed(2)) : escaped(value)}"`,
  );
  return inside.length === 0
    ? `<${name}${words.join('')}/>`
    : `<${name}${words.join('')}>${inside.join('')}</${name}>`;
}

/** Words with a minus sign instead of a hyphen before negative numbers. */
export const withMinus = (words: string) => words.replace(/(^|\s)-(?=\d)/g, '$1−');

/** A line of text. */
export function text(x: number, y: number, words: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, [escaped(withMinus(words))]);
}

export const INK = '#1b1b1b';
export const FAINT = '#5a5a5a';
export const RULE = '#d4d4d4';

/** Approximate width of a text in pixels, without a font to measure it. */
export const widthOf = (words: string, size: number) => 0.56 * size * words.length;

/** A picture on white, with a title for screen readers. */
export function picture(width: number, height: number, title: string, inside: readonly string[]): string {
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: Math.ceil(width),
      height: Math.ceil(height),
      viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
      'font-family': 'Helvetica, Arial, "Liberation Sans", sans-serif',
      'font-size': 12,
      fill: INK,
      role: 'img',
      'aria-label': title,
    },
    [
      element('title', {}, [escaped(title)]),
      element('rect', { width: '100%', height: '100%', fill: '#ffffff' }),
      ...inside,
    ],
  )}\n`;
}

/** Round distance between ticks, in shares, that divides a range into few parts. */
const stepOf = (reach: number): number =>
  [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2].find((size) => reach / size <= 7.5) ?? 0.5;

/** Round ticks, in shares, that span the values: two to nine of them, none above 1. */
export function ticksOf(low: number, high: number): number[] {
  const step = stepOf(high - low);
  const top = Math.round(1 / step);
  const first = Math.min(Math.floor(low / step + 1e-9), top - 1);
  const last = Math.min(Math.max(Math.ceil(high / step - 1e-9), first + 1), top);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** A share in %, as a label of an axis. */
export const percentOf = (share: number) => String(Number((100 * share).toFixed(1)));

/**
 * Colors that can be told apart with any color vision, and on white: those of Okabe and Ito without yellow, and brown, violet,
 * navy and gray.
 */
const categorical = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#d55e00',
  '#112288',
  '#663311',
  '#56b4e9',
  '#7733cc',
  '#000000',
  '#8c8c8c',
];

/** Stops of viridis (van der Walt and Smith), whose lightness rises along the way; without its palest end. */
const ordinal = [
  '#440154',
  '#482878',
  '#3e4989',
  '#31688e',
  '#26828e',
  '#1f9e89',
  '#35b779',
  '#6ece58',
  '#b5de2b',
];

/** Color of measured values. */
export const MEASURED = '#0072b2';
/** Color of references and of source images. */
export const REFERENCE = '#d55e00';

/** Color scale of classes: distinct colors for names, or a gradient for an order. */
export type ColorScale = 'categorical' | 'ordinal';

/** Returns one color a class. Throws a `UsageError` when there are more names than colors. */
export function palette(colors: ColorScale, count: number): string[] {
  if (colors === 'ordinal') {
    return Array.from({ length: count }, (_, i) => between(ordinal, count === 1 ? 0 : i / (count - 1)));
  }
  if (count > categorical.length) {
    throw new UsageError(`${count} classes cannot be told apart by ${categorical.length} colors`, {
      hint: 'Draw fewer classes, or order them: colors "ordinal".',
    });
  }
  return categorical.slice(0, count);
}

/** Color at a fraction from 0 to 1 of a gradient. */
function between(stops: readonly string[], fraction: number): string {
  const at = fraction * (stops.length - 1);
  const lower = Math.min(Math.floor(at), stops.length - 2);
  const channel = (stop: string, from: number) => Number.parseInt(stop.slice(from, from + 2), 16);
  const mixed = [1, 3, 5].map((from) => {
    const [a, b] = [channel(stops[lower]!, from), channel(stops[lower + 1]!, from)];
    return Math.round(a + (b - a) * (at - lower))
      .toString(16)
      .padStart(2, '0');
  });
  return `#${mixed.join('')}`;
}

/** Outlines about 0, 0, of about the same weight: circle, square, triangle, diamond, triangle on its tip, cross, hourglass, pentagon, X, star, bar. */
const outlines = [
  'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z',
  'M-3.6 -3.6h7.2v7.2h-7.2z',
  'M0 -4.8l4.6 8h-9.2z',
  'M0 -5.2l5.2 5.2l-5.2 5.2l-5.2 -5.2z',
  'M0 4.8l4.6 -8h-9.2z',
  'M-1.7 -5h3.4v3.3h3.3v3.4h-3.3v3.3h-3.4v-3.3h-3.3v-3.4h3.3z',
  'M-4.4 -4.4h8.8l-8.8 8.8h8.8z',
  'M0 -4.8l4.6 3.3l-1.8 5.4h-5.6l-1.8 -5.4z',
  'M0 -2.3l2.1 -2.1l2.3 2.3l-2.1 2.1l2.1 2.1l-2.3 2.3l-2.1 -2.1l-2.1 2.1l-2.3 -2.3l2.1 -2.1l-2.1 -2.1l2.3 -2.3z',
  'M0.0 -5.4L1.4 -1.9L5.1 -1.7L2.2 0.7L3.2 4.4L0.0 2.3L-3.2 4.4L-2.2 0.7L-5.1 -1.7L-1.4 -1.9z',
  'M-5.2 -1.8h10.4v3.6h-10.4z',
];

/** Number of different markers. */
export const markerCount = outlines.length;

/** A filled marker with a white rim. */
export const marker = (kind: number, x: number, y: number, fill: string) =>
  element('path', {
    d: outlines[kind]!,
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
    fill,
    stroke: '#ffffff',
    'stroke-width': 1,
  });
