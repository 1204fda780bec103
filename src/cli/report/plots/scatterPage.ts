import { namePositions } from './namePositions.js';
import { assertDrawable, centered, type ScatterFigure } from './scatterFigure.js';
import { escaped, palette, withMinus } from './svg.js';

/** Script of the page. `figure` holds panels, classes and colors. */
export const scatterScript = `
const canvas = document.querySelector('canvas');
const paint = canvas.getContext('2d');
const note = document.querySelector('#note');
const start = { azimuth: 0.5, elevation: 0.35, zoom: 1 };
const FONT = 15;
let view = { ...start };
let shown = 0;
const hidden = new Set();

function project(point) {
  if (point.length === 2) return [point[0], -point[1], 0];
  const [x, y, z] = point;
  const right = x * Math.cos(view.azimuth) + y * Math.sin(view.azimuth);
  const back = -x * Math.sin(view.azimuth) + y * Math.cos(view.azimuth);
  const up = z * Math.cos(view.elevation) + back * Math.sin(view.elevation);
  const near = z * Math.sin(view.elevation) - back * Math.cos(view.elevation);
  return [right / 1.42, -up / 1.42, near / 1.74];
}

const signs = [-1, 1];
const corners = signs.flatMap((x) => signs.flatMap((y) => signs.map((z) => [x, y, z])));

function draw() {
  const side = Math.min(canvas.width, canvas.height);
  const place = ([x, y]) => [canvas.width / 2 + (x * side * view.zoom) / 2.1, canvas.height / 2 + (y * side * view.zoom) / 2.1];
  const { points, labels } = figure.panels[shown];
  paint.clearRect(0, 0, canvas.width, canvas.height);
  if (points[0].length === 3) {
    paint.strokeStyle = '#d4d4d4';
    paint.lineWidth = side / 700;
    for (const [i, from] of corners.entries()) {
      for (const to of corners.slice(i + 1)) {
        if (from.filter((value, axis) => value !== to[axis]).length !== 1) continue;
        paint.beginPath();
        paint.moveTo(...place(project(from)));
        paint.lineTo(...place(project(to)));
        paint.stroke();
      }
    }
  }
  const marks = points.map((point, i) => ({ at: project(point), label: labels[i] })).filter(({ label }) => !hidden.has(label));
  marks.sort((a, b) => a.at[2] - b.at[2]);
  for (const { at, label } of marks) {
    const near = (at[2] + 1) / 2;
    paint.globalAlpha = points[0].length === 3 ? 0.5 + 0.45 * near : 0.8;
    paint.fillStyle = figure.colours[label];
    const [x, y] = place(at);
    paint.beginPath();
    paint.arc(x, y, (side / 170) * (points[0].length === 3 ? 0.6 + 0.7 * near : 1), 0, 7);
    paint.fill();
  }
  paint.globalAlpha = 1;
  nameClasses(place);
  note.textContent = figure.panels[shown].name + (figure.panels[shown].note ? ' · ' + figure.panels[shown].note : '');
}

// The nearest first; a name that another is in the way of is left to the legend.
function nameClasses(place) {
  const size = FONT * devicePixelRatio;
  paint.font = 'bold ' + size + 'px Helvetica, Arial, sans-serif';
  paint.textAlign = 'center';
  paint.textBaseline = 'middle';
  paint.lineJoin = 'round';
  paint.lineWidth = size / 4;
  paint.strokeStyle = '#fff';
  paint.fillStyle = '#1b1b1b';
  const names = figure.panels[shown].names
    .map((point, own) => ({ own, at: point && project(point) }))
    .filter(({ own, at }) => at && !hidden.has(own))
    .sort((a, b) => b.at[2] - a.at[2]);
  const taken = [];
  for (const { own, at } of names) {
    const [x, y] = place(at);
    const half = paint.measureText(figure.classes[own]).width / 2 + size / 8;
    if (taken.some((other) => Math.abs(other.y - y) < size && Math.abs(other.x - x) < other.half + half)) continue;
    taken.push({ x, y, half });
    paint.strokeText(figure.classes[own], x, y);
    paint.fillText(figure.classes[own], x, y);
  }
}

function fit() {
  const { width, height } = canvas.getBoundingClientRect();
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  draw();
}

function turn(right, up) {
  view.azimuth += right;
  view.elevation = Math.max(-1.5, Math.min(1.5, view.elevation + up));
  draw();
}

function zoom(factor) {
  view.zoom = Math.max(0.5, Math.min(8, view.zoom * factor));
  draw();
}

const pointers = new Map();
const spread = () => {
  const [a, b] = [...pointers.values()];
  return Math.hypot(a.x - b.x, a.y - b.y);
};
canvas.addEventListener('pointerdown', (event) => {
  canvas.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
});
canvas.addEventListener('pointermove', (event) => {
  const last = pointers.get(event.pointerId);
  if (!last) return;
  const before = pointers.size === 2 ? spread() : 0;
  pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (pointers.size === 2) zoom(spread() / (before || 1));
  else turn((event.clientX - last.x) / 150, (event.clientY - last.y) / 150);
});
for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, (event) => pointers.delete(event.pointerId));
canvas.addEventListener('wheel', (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / 500));
}, { passive: false });
const keys = {
  ArrowLeft: () => turn(-0.1, 0),
  ArrowRight: () => turn(0.1, 0),
  ArrowUp: () => turn(0, -0.1),
  ArrowDown: () => turn(0, 0.1),
  '+': () => zoom(1.2),
  '=': () => zoom(1.2),
  '-': () => zoom(1 / 1.2),
  Home: goBack,
};
canvas.addEventListener('keydown', (event) => {
  if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  keys[event.key]();
});
for (const button of document.querySelectorAll('[data-panel]')) {
  button.addEventListener('click', () => {
    shown = Number(button.dataset.panel);
    for (const other of document.querySelectorAll('[data-panel]')) other.setAttribute('aria-pressed', String(other === button));
    draw();
  });
}
for (const button of document.querySelectorAll('[data-class]')) {
  button.addEventListener('click', () => {
    const own = Number(button.dataset.class);
    if (!hidden.delete(own)) hidden.add(own);
    button.setAttribute('aria-pressed', String(!hidden.has(own)));
    draw();
  });
}
document.querySelector('#all').addEventListener('click', () => {
  hidden.clear();
  for (const button of document.querySelectorAll('[data-class]')) button.setAttribute('aria-pressed', 'true');
  draw();
});
function goBack() {
  view = { ...start };
  draw();
}
document.querySelector('#reset').addEventListener('click', goBack);
addEventListener('resize', fit);
fit();
`;

/** Radius around a name in which its class must dominate; maps span −1 to 1. */
const NAME_RADIUS = 0.12;

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
 * A page with maps of points that the reader can turn: one file, without network access. Two-dimensional maps are flat. Dragging or
 * arrow keys turn, the wheel or + and − zoom, Home resets, and a class in the legend hides or shows its points.
 *
 * @throws DataError naming the panel for points that cannot be drawn, UsageError for more classes than colors
 */
export function scatterPage(figure: ScatterFigure): string {
  assertDrawable(figure);
  const { title, classes, legendTitle = 'class' } = figure;
  const colors = palette(figure.colors, classes.length);
  const panels = figure.panels.map(({ title: name, note = '', points, labels }) => ({
    name,
    note,
    ...rounded(centered(points), labels, classes.length),
    labels,
  }));
  // A `<` inside a script could end it.
  const data = JSON.stringify({ panels, classes: classes.map(withMinus), colours: colors }).replaceAll(
    '<',
    '\\u003c',
  );
  const choices = panels.map(
    ({ name }, i) =>
      `<button type="button" data-panel="${i}" aria-pressed="${i === 0}">${escaped(name)}</button>`,
  );
  const entries = classes.map(
    (name, i) =>
      `<button type="button" data-class="${i}" aria-pressed="true"><span style="background:${colors[i]};border-color:${colors[i]}"></span>${escaped(withMinus(name))}</button>`,
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

/** Points rounded to the resolution of a screen, and the position of each class's name, if it has one. */
function rounded(exact: readonly (readonly number[])[], labels: readonly number[], classes: number) {
  const points = exact.map((point) => point.map((value) => Number(value.toFixed(3))));
  const names = namePositions(points, labels, classes, NAME_RADIUS).map(([best]) =>
    best === undefined ? null : best.map((value) => Number(value.toFixed(3))),
  );
  return { points, names };
}
