import { type Axes, apart, axesOf, frame, PLOT } from './lineAxes.js';
import { assertLines, type Line, type LineFigure, type LinePoint } from './lines.js';
import { marker } from './marker.js';
import { palette } from './palette.js';
import { element, picture, text, widthOf } from './svg.js';

/** Where the first plot begins, and what is around each. */
const LEFT = 72;
const HEAD = 82;
const GAP = { width: 46, height: 92 };
/** Height of a line in the legend, in pixels. */
const LINE = 22;

/**
 * Draws a line a name with 95 % intervals, panel by panel, as SVG. Names differ in colour and in marker.
 *
 * @throws DataError naming the panel and line whose numbers cannot be drawn, or for more names than markers
 */
export function lineFigure(figure: LineFigure): string {
  const { title, panels, xLabel, yLabel, legendTitle, columns = 2 } = figure;
  assertLines(figure);
  const names = [...new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)))];
  const colours = palette('categorical', names.length);
  const across = Math.min(columns, panels.length);
  const right = LEFT + across * (PLOT.width + GAP.width);
  const rows = Math.ceil(panels.length / columns);
  const drawn = panels.map((panel, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const place = [LEFT + column * (PLOT.width + GAP.width), HEAD + row * (PLOT.height + GAP.height)];
    const beside = panels.slice(row * columns, (row + 1) * columns);
    const axes = axesOf(beside);
    const marks = panel.lines.map((line) => {
      const own = names.indexOf(line.name);
      const shift = apart(axes, names.length) * (own - (names.length - 1) / 2);
      return lineMarks(line, axes, shift, own, colours[own]!);
    });
    const label = column === 0 ? yLabel : '';
    return element('g', { transform: `translate(${place.join(' ')})` }, [
      ...frame(panel.title, axes, xLabel, label),
      ...marks.map(({ line }) => line),
      ...marks.map(({ bars }) => bars),
      ...marks.map(({ markers }) => markers),
    ]);
  });
  const legendWidth = Math.max(widthOf(legendTitle, 14), ...names.map((name) => 34 + widthOf(name, 13)));
  const width = Math.max(right + legendWidth + 20, 40 + widthOf(title, 17));
  const height = HEAD + Math.max(rows * (PLOT.height + GAP.height) - 32, 40 + names.length * LINE);
  return picture(width, height, title, [
    text(20, 28, title, { 'font-size': 17, 'font-weight': 'bold' }),
    ...drawn,
    element('g', { transform: `translate(${right} ${HEAD})` }, [
      text(0, 11, legendTitle, { 'font-size': 13, 'font-weight': 'bold' }),
      ...names.flatMap((name, i) => {
        const y = 31 + LINE * i;
        const stroke = { stroke: colours[i]!, 'stroke-width': 2 };
        return [
          element('line', { x1: 0, y1: y, x2: 26, y2: y, ...stroke }),
          marker(i, 13, y, colours[i]!),
          text(34, y + 4.5, name, { 'font-size': 13 }),
        ];
      }),
    ]),
  ]);
}

/** A line with its intervals, and the markers that go on top of all lines. */
function lineMarks(line: Line, { x, y }: Axes, shift: number, own: number, colour: string) {
  const points = [...line.points].sort((a, b) => a.x - b.x);
  const at = (point: LinePoint) => x(point.x) + shift;
  const way = points.map((point) => `${at(point).toFixed(1)} ${y(point.mean).toFixed(1)}`).join('L');
  const bars = points.flatMap((point) => {
    if (point.ci95 === null) return [];
    const [top, bottom] = [y(point.mean + point.ci95), y(point.mean - point.ci95)];
    return [`M${(at(point) - 3).toFixed(1)} ${top.toFixed(1)}h6m-3 0V${bottom.toFixed(1)}m-3 0h6`];
  });
  return {
    line: element('path', {
      d: `M${way}`,
      stroke: colour,
      'stroke-width': 2,
      fill: 'none',
      'stroke-opacity': 0.85,
    }),
    bars:
      bars.length === 0
        ? ''
        : element('path', { d: bars.join(''), stroke: colour, 'stroke-width': 1.4, fill: 'none' }),
    markers: points.map((point) => marker(own, at(point), y(point.mean), colour)).join(''),
  };
}
