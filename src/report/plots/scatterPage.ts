import { palette } from './palette.js';
import { assertDrawable, centred, type ScatterFigure } from './scatter.js';
import { scatterScript } from './scatterScript.js';
import { escaped } from './svg.js';

const style = `
:root { color-scheme: light; font: 15px/1.4 Helvetica, Arial, sans-serif; color: #1b1b1b; background: #fff; }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; }
h1 { font-size: 1.25rem; margin: 0 0 .25rem; }
p { margin: .25rem 0 .75rem; color: #5a5a5a; }
canvas { width: 100%; aspect-ratio: 1; max-height: 75vh; border: 1px solid #d4d4d4; touch-action: none; cursor: grab; }
canvas:focus-visible, button:focus-visible { outline: 3px solid #88ccee; }
.row { display: flex; flex-wrap: wrap; gap: .4rem; margin: .5rem 0; }
button { font: inherit; padding: .3rem .7rem; border: 1px solid #bbb; border-radius: .4rem; background: #fff; color: inherit; cursor: pointer; }
button[aria-pressed="true"] { background: #eef3fa; border-color: #332288; }
.legend button[aria-pressed="false"] { opacity: .4; text-decoration: line-through; }
.legend span { display: inline-block; width: .8em; height: .8em; border-radius: 50%; margin-right: .4em; }
`;

/**
 * A page on which maps of points can be turned by hand: one file, without the network. Maps of two dimensions lie flat.
 * Dragging or the arrow keys turn, the wheel or + and − zoom, a class in the legend hides or shows its points.
 *
 * @throws DataError naming the panel for points that cannot be drawn, UsageError for more classes than colours
 */
export function scatterPage(figure: ScatterFigure): string {
  assertDrawable(figure);
  const { title, classes, legendTitle = 'class' } = figure;
  const colours = palette(figure.colours, classes.length);
  const panels = figure.panels.map(({ title: name, note = '', points, labels }) => ({
    name,
    note,
    points: centred(points).map((point) => point.map((value) => Number(value.toFixed(3)))),
    labels,
  }));
  // A `<` inside a script could end it.
  const data = JSON.stringify({ panels, classes, colours }).replaceAll('<', '\\u003c');
  const choices = panels.map(
    ({ name }, i) =>
      `<button type="button" data-panel="${i}" aria-pressed="${i === 0}">${escaped(name)}</button>`,
  );
  const entries = classes.map(
    (name, i) =>
      `<button type="button" data-class="${i}" aria-pressed="true"><span style="background:${colours[i]}"></span>${escaped(name)}</button>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
<div class="row" role="group" aria-label="map">${choices.join('')}</div>
<canvas tabindex="0" role="img" aria-label="Map of points; arrow keys turn it, + and − zoom"></canvas>
<p id="note" aria-live="polite"></p>
<div class="row legend" role="group" aria-label="${escaped(legendTitle)}">${entries.join('')}</div>
<div class="row"><button type="button" id="reset">Start position</button></div>
<p>Drag or use the arrow keys to turn, the wheel or + and − to zoom. A ${escaped(legendTitle)} hides or shows its points.</p>
<script>
const figure = ${data};
${scatterScript}
</script>
</html>
`;
}
