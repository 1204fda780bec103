import { UsageError } from '../../core/index.js';

/**
 * Colours that people with any colour vision tell apart, on white too: those of Okabe and Ito but yellow, with brown,
 * violet, navy and gray.
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

/** What is measured. */
export const MEASURED = '#0072b2';
/** What it is compared with, or came from. */
export const REFERENCE = '#d55e00';

/** How classes are told apart: as names, or by their order. */
export type Colours = 'categorical' | 'ordinal';

/** One colour a class. Throws a `UsageError` when there are more names than colours. */
export function palette(colours: Colours, count: number): string[] {
  if (colours === 'ordinal') {
    return Array.from({ length: count }, (_, i) => between(ordinal, count === 1 ? 0 : i / (count - 1)));
  }
  if (count > categorical.length) {
    throw new UsageError(`${count} classes cannot be told apart by ${categorical.length} colours`, {
      hint: 'Draw fewer classes, or order them: colours "ordinal".',
    });
  }
  return categorical.slice(0, count);
}

/** The colour at a place from 0 to 1 along stops. */
function between(stops: readonly string[], place: number): string {
  const at = place * (stops.length - 1);
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
