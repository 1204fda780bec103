import { DataError } from '../../core/index.js';
import type { Colours } from './palette.js';

/** A map of points. */
export interface ScatterPanel {
  readonly title: string;
  /** A line below the map. */
  readonly note?: string;
  /** Two or three coordinates of each point. */
  readonly points: readonly (readonly number[])[];
  /** Class of each point, as an index into the figure's classes. */
  readonly labels: readonly number[];
}

/** Maps side by side with one legend. */
export interface ScatterFigure {
  readonly title: string;
  readonly panels: readonly ScatterPanel[];
  readonly classes: readonly string[];
  readonly colours: Colours;
  /** What the classes are, above the legend. */
  readonly legendTitle?: string;
  /** Panels in a row. Default: 2; in three dimensions 1, seen from two sides. */
  readonly columns?: number;
}

/** Throws a `DataError` that names the panel and the point which cannot be drawn. */
export function assertDrawable({ panels, classes }: ScatterFigure): void {
  for (const { title, points, labels } of panels) {
    if (points.length === 0) throw new DataError(`the panel ${title} has no points`);
    if (points.length !== labels.length) {
      throw new DataError(`the panel ${title} has ${points.length} points, but ${labels.length} labels`);
    }
    const dimensions = points[0]!.length;
    for (const [i, point] of points.entries()) {
      if (
        point.length !== dimensions ||
        (dimensions !== 2 && dimensions !== 3) ||
        !point.every(Number.isFinite)
      ) {
        throw new DataError(`point ${i} of the panel ${title} is (${point.join(', ')})`, {
          hint: 'Points are two or three finite numbers, the same count in one panel.',
        });
      }
      if (classes[labels[i]!] === undefined) {
        throw new DataError(`point ${i} of the panel ${title} has the label ${labels[i]}`, {
          hint: `Labels are indices into the ${classes.length} classes.`,
        });
      }
    }
  }
}

/** Points moved about their middle and scaled evenly so that all lie from −1 to 1, and the farthest at the border. */
export function centred(points: readonly (readonly number[])[]): number[][] {
  const axes = points[0]!.map((_, axis) => points.map((point) => point[axis]!));
  const ends = axes.map((values) => [
    values.reduce((a, b) => Math.min(a, b)),
    values.reduce((a, b) => Math.max(a, b)),
  ]);
  const half = Math.max(...ends.map(([low, high]) => (high! - low!) / 2)) || 1;
  return points.map((point) =>
    point.map((value, axis) => (value - (ends[axis]![0]! + ends[axis]![1]!) / 2) / half),
  );
}
