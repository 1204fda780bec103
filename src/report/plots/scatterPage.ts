import { homesOf } from './homes.js';
import { palette } from './palette.js';
import { assertDrawable, centred, type ScatterFigure } from './scatter.js';
import { scatterScript } from './scatterScript.js';
import { escaped, withMinus } from './svg.js';

/** How far around its name a class must be at home; maps reach from −1 to 1. */
const NEAR = 0.12;

const style = `
:root { color-scheme: light; font: 16px/1.45 Helvetica, Arial, sans-serif; color: #1b1b1b; background: #fff; }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; box-sizing: border-box; }
h1 { font-size: 1.3rem; margin: 0 0 .5rem; }
p { margin: .5rem 0; color: #5a5a5a; }
h2 { font-size: 1rem; margin: 0 0 .4rem; }
canvas { display: block; width: 100%; aspect-ratio: 1; max-height: 80vh; border: 1px solid #d4d4d4; border-radius: .4rem; touch-action: none; cursor: grab; }
canvas:active { cursor: grabbing; }
canvas:focus-visible, button:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
.row { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0 0 .6rem; }
button { font: inherit; min-height: 2.25rem; padding: .3rem .75rem; border: 1px solid #8a8a8a; border-radius: .4rem; background: #fff; color: inherit; cursor: pointer; }
button[aria-pressed="true"] { background: #e8f1f8; border-color: #0072b2; }
.maps button[aria-pressed="true"] { font-weight: bold; }
.legend button[aria-pressed="false"] { color: #5a5a5a; text-decoration: line-through; }
.legend span { display: inline-block; box-sizing: border-box; width: 1em; height: 1em; border-radius: 50%; margin-right: .45em; border: 2px solid; vertical-align: -.12em; }
.legend button[aria-pressed="false"] span { background: none !important; }
@media (pointer: coarse) { button { min-height: 2.75rem; min-width: 2.75rem; } }
@media (min-width: 52rem) {
  main { display: grid; grid-template-columns: minmax(0, 1fr) 17rem; gap: 1.5rem; }
  canvas { aspect-ratio: auto; height: calc(100vh - 10rem); min-height: 20rem; max-height: none; }
}
`;

/**
 * A page on which maps of points can be turned by hand: one file, without the network. Maps of two dimensions lie flat.
 * Dragging or the arrow keys turn, the wheel or + and − zoom, Home goes back, a class in the legend hides or shows its
 * points.
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
    ...placed(centred(points), labels, classes.length),
    labels,
  }));
  // A `<` inside a script could end it.
  const data = JSON.stringify({ panels, classes: classes.map(withMinus), colours }).replaceAll(
    '<',
    '\\u003c',
  );
  const choices = panels.map(
    ({ name }, i) =>
      `<button type="button" data-panel="${i}" aria-pressed="${i === 0}">${escaped(name)}</button>`,
  );
  const entries = classes.map(
    (name, i) =>
      `<button type="button" data-class="${i}" aria-pressed="true"><span style="background:${colours[i]};border-color:${colours[i]}"></span>${escaped(withMinus(name))}</button>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
<div class="row maps" role="group" aria-label="map">${choices.join('')}</div>
<main>
<div>
<canvas tabindex="0" role="application" aria-label="Map of points" aria-describedby="note help"></canvas>
<p id="note" aria-live="polite"></p>
</div>
<div>
<h2 id="classes">${escaped(legendTitle)}</h2>
<div class="row legend" role="group" aria-labelledby="classes">${entries.join('')}</div>
<div class="row"><button type="button" id="all">Show all</button><button type="button" id="reset">Start position</button></div>
<p id="help">Drag, or use the arrow keys, to turn; pinch, wheel, + or − to zoom; Home goes back. A button of the legend hides its points or shows them.</p>
</div>
</main>
<script>
const figure = ${data};
${scatterScript}
</script>
</html>
`;
}

/** Points rounded to what a screen can show, and the place of each class's name, if it has one. */
function placed(centre: readonly (readonly number[])[], labels: readonly number[], classes: number) {
  const points = centre.map((point) => point.map((value) => Number(value.toFixed(3))));
  const names = homesOf(points, labels, classes, NEAR).map(([home]) =>
    home === undefined ? null : home.map((value) => Number(value.toFixed(3))),
  );
  return { points, names };
}
