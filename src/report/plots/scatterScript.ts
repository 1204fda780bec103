/** What runs on the page of `scatterPage`. `figure` holds panels, classes and colours. */
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
