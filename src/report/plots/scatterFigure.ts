import { palette } from './palette.js';
import { assertDrawable, type ScatterFigure } from './scatter.js';
import { SIDE, viewMarks } from './scatterMarks.js';
import { sidesOf, viewsOf } from './scatterView.js';
import { element, picture, text, widthOf } from './svg.js';

const GAP = 24;
const HEAD = 46;
const ABOVE = 24;
const BELOW = 34;
/** Height of a line in the legend, in pixels. */
const LINE = 21;

/**
 * Draws maps of points as SVG, in two dimensions, or from two sides in three. Classes have colours that people with any
 * colour vision tell apart, and each is named in the map where its points are among themselves.
 *
 * @throws DataError naming the panel for points that cannot be drawn, UsageError for more classes than colours
 */
export function scatterFigure(figure: ScatterFigure): string {
  assertDrawable(figure);
  const { title, panels, classes, legendTitle = 'class' } = figure;
  const colours = palette(figure.colours, classes.length);
  const views = panels.flatMap((panel) => viewsOf(panel));
  const sides = sidesOf(panels[0]!);
  const columns = Math.min(views.length, sides * (figure.columns ?? 2 / sides));
  const cell = { width: SIDE + GAP, height: ABOVE + SIDE + BELOW };
  const left = GAP + columns * cell.width;
  const right = Math.max(widthOf(legendTitle, 14), ...classes.map((name) => 20 + widthOf(name, 13)));
  const width = Math.max(left + right + GAP, 2 * GAP + widthOf(title, 17));
  const height = HEAD + Math.max(Math.ceil(views.length / columns) * cell.height, 70 + classes.length * LINE);
  return picture(width, height, title, [
    text(GAP, 28, title, { 'font-size': 17, 'font-weight': 'bold' }),
    ...views.map((view, i) => {
      const [column, row] = [i % columns, Math.floor(i / columns)];
      const place = `translate(${GAP + column * cell.width} ${HEAD + row * cell.height + ABOVE})`;
      return element('g', { transform: place }, viewMarks(view, colours, classes));
    }),
    element('g', { transform: `translate(${left} ${HEAD + ABOVE})` }, legend(classes, colours, legendTitle)),
  ]);
}

function legend(classes: readonly string[], colours: readonly string[], title: string): string[] {
  return [
    text(0, 11, title, { 'font-size': 13, 'font-weight': 'bold' }),
    ...classes.flatMap((name, i) => [
      element('circle', { cx: 6, cy: 30 + LINE * i, r: 5.5, fill: colours[i]! }),
      text(20, 34.5 + LINE * i, name, { 'font-size': 13 }),
    ]),
  ];
}
