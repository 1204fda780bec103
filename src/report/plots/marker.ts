import { element } from './svg.js';

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

/** How many markers can be told apart. */
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
