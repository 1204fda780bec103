import { DataError } from '../../core/index.js';
import { markerCount } from './marker.js';

export interface LinePoint {
  /** Above 0, such as shots. */
  readonly x: number;
  /** In [0, 1]; drawn in %. */
  readonly mean: number;
  /** Half the 95 % interval; `null` where there is none. */
  readonly ci95: number | null;
}

export interface Line {
  /** The same name has the same colour and marker in every panel. */
  readonly name: string;
  /** In any order. */
  readonly points: readonly LinePoint[];
}

export interface LinePanel {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** Shares over a quantity on a logarithmic axis. Panels side by side share the axis of their shares. */
export interface LineFigure {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly legendTitle: string;
  readonly panels: readonly LinePanel[];
  /** Panels side by side. Default: 2. */
  readonly columns?: number;
}

/** Throws a `DataError` that names the panel and the line which cannot be drawn, or counts lines that are too many. */
export function assertLines({ panels }: LineFigure): void {
  for (const { title, lines } of panels) {
    if (lines.length === 0) throw new DataError(`the panel ${title} has no lines`);
    for (const { name, points } of lines) {
      const where = `${name} in the panel ${title}`;
      if (points.length === 0) throw new DataError(`${where} has no points`);
      const stray = points.find(
        ({ x, mean, ci95 }) => !(x > 0 && mean >= 0 && mean <= 1) || ![x, ci95 ?? 0].every(Number.isFinite),
      );
      if (stray !== undefined) {
        throw new DataError(`${where} has the point ${stray.x}, ${stray.mean} ± ${stray.ci95}`, {
          hint: 'x is above 0, as its axis is logarithmic; means are shares from 0 to 1.',
        });
      }
    }
  }
  const names = new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)));
  if (names.size > markerCount) {
    throw new DataError(`${names.size} lines cannot be told apart by ${markerCount} markers`, {
      hint: 'Draw fewer of them.',
    });
  }
}
