/**
 * Draws the pictures of docs/concepts.md with the shipped model and MNIST's test images: `npm run build`, then
 * `node scripts/conceptImages.mjs`. The same seed gives the same pictures.
 */
import { writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { hallucinations, loadModel, selectBackend } from 'fewshot-atnl';
import { encodePng, imagesOf, loadMnist, sampleEpisode } from 'fewshot-atnl/data';
import { anglePoint, lerpPoint, slerpPoint } from 'fewshot-atnl/sphere';

const folder = new URL('../docs/images/', import.meta.url);
const colours = [
  '#4e79a7',
  '#f28e2b',
  '#e15759',
  '#76b7b2',
  '#59a14f',
  '#b07aa1',
  '#9c755f',
  '#d4a017',
  '#d37295',
  '#555555',
];
const SEED = 1;

await selectBackend('wasm');
const model = await loadModel('mnist');
const { test } = await loadMnist();

/** Codes of images, as rows. */
function encode(images) {
  const codes = tf.tidy(() =>
    model.encode(tf.stack(images.map(({ pixels, shape }) => tf.tensor3d(pixels, shape)))).arraySync(),
  );
  return codes.map((row) => Float32Array.from(row));
}

/** The part of a code that says the class. */
const classPart = (code) => code.subarray(0, model.latentSize - model.styleSize);

/** What the decoder draws at codes. */
function decode(codes) {
  const rows = tf.tidy(() =>
    model
      .decode(tf.stack(codes.map((code) => tf.tensor1d(code))))
      .reshape([codes.length, -1])
      .arraySync(),
  );
  return rows.map((row) => ({ pixels: Float32Array.from(row), shape: model.imageShape }));
}

const svg = (title, width, height, parts) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
  `font-family="sans-serif" font-size="13">\n<title>${title}</title>\n<rect width="100%" height="100%" fill="white"/>\n${parts.join('\n')}\n</svg>\n`;
const near = (value) => Number(value.toFixed(1));
const text = (x, y, words, more = '') => `<text x="${near(x)}" y="${near(y)}" ${more}>${words}</text>`;
const middle = 'text-anchor="middle"';

/** An image with its centre at a place. */
function picture({ pixels, shape }, x, y, side, frame = '#bbb') {
  const data = Buffer.from(encodePng(pixels, shape)).toString('base64');
  const [left, top] = [near(x - side / 2), near(y - side / 2)];
  return (
    `<image x="${left}" y="${top}" width="${side}" height="${side}" style="image-rendering:pixelated" href="data:image/png;base64,${data}"/>` +
    `<rect x="${left}" y="${top}" width="${side}" height="${side}" fill="none" stroke="${frame}"/>`
  );
}

const digits = [...imagesOf(test.images(Array.from({ length: 2000 }, (_, i) => i)))];
const codes = encode(digits);

/** The plane through the center and two codes, true to scale: the arc that slerp takes, the chord that lerp takes. */
function drawPaths(first, second) {
  const [from, to] = [codes[first], codes[second]];
  const angle = anglePoint(from, to);
  const [cx, cy, radius] = [390, 400, 240];
  const place = (turn, length) => [
    cx + radius * length * Math.sin(turn),
    cy - radius * length * Math.cos(turn),
  ];
  const [a, b] = [place(-angle / 2, 1), place(angle / 2, 1)];
  const parts = [
    `<path d="M ${place(-1.9, 1).map(near).join(' ')} A ${radius} ${radius} 0 1 1 ${place(1.9, 1).map(near).join(' ')}" fill="none" stroke="#bbb"/>`,
    `<path d="M ${cx} ${cy} L ${a.map(near).join(' ')} M ${cx} ${cy} L ${b.map(near).join(' ')}" stroke="#aaa" stroke-dasharray="4 4"/>`,
    `<path d="M ${a.map(near).join(' ')} A ${radius} ${radius} 0 0 1 ${b.map(near).join(' ')}" fill="none" stroke="${colours[0]}" stroke-width="3"/>`,
    `<path d="M ${a.map(near).join(' ')} L ${b.map(near).join(' ')}" stroke="${colours[1]}" stroke-width="3"/>`,
    `<circle cx="${cx}" cy="${cy}" r="3" fill="#555"/>`,
    text(cx, cy + 22, 'center', middle),
    text(cx, cy - 72, `θ = ${angle.toFixed(2)} rad`, middle),
  ];
  const omegas = [0, 0.25, 0.5, 0.75, 1];
  const arc = decode(omegas.map((omega) => slerpPoint(from, to, omega)));
  const chord = decode(omegas.map((omega) => lerpPoint(from, to, omega)));
  for (const [i, omega] of omegas.entries()) {
    const turn = (omega - 0.5) * angle;
    const [x, y] = place(turn, 1);
    const outside = place(turn, 1.24);
    parts.push(
      `<circle cx="${near(x)}" cy="${near(y)}" r="4" fill="${colours[0]}"/>`,
      picture(arc[i], ...outside, 60, colours[0]),
    );
    parts.push(text(...place(turn, 1.45), `ω = ${omega}`, middle));
    if (omega === 0 || omega === 1) continue;
    const inside = a.map((value, axis) => (1 - omega) * value + omega * b[axis]);
    parts.push(`<circle cx="${near(inside[0])}" cy="${near(inside[1])}" r="4" fill="${colours[1]}"/>`);
    parts.push(picture(chord[i], inside[0] + (omega - 0.5) * 120, inside[1] + 46, 60, colours[1]));
  }
  parts.push(
    picture(digits[first], 70, 150, 84),
    text(70, 212, 'real image, parent 1', middle),
    picture(digits[second], 710, 150, 84),
    text(710, 212, 'real image, parent 2', middle),
    text(40, 520, 'slerp: along the sphere, length 1 everywhere', `fill="${colours[0]}" font-weight="bold"`),
    text(
      40,
      542,
      `lerp: straight, length ${Math.cos(angle / 2).toFixed(2)} in the middle`,
      `fill="${colours[1]}" font-weight="bold"`,
    ),
    text(
      40,
      570,
      'The plane through two codes and the center, true to scale; the decoder drew the small images.',
      'fill="#555"',
    ),
  );
  return svg(
    'Slerp follows the arc between two codes, lerp the chord; below, what each decodes to',
    780,
    590,
    parts,
  );
}

/** Histogram of angles: pairs of one class, and pairs of two. */
function drawAngles() {
  const bins = 40;
  const counts = { same: new Array(bins).fill(0), other: new Array(bins).fill(0) };
  for (let i = 0; i < codes.length; i++) {
    for (let j = 0; j < i; j++) {
      const angle = anglePoint(classPart(codes[i]), classPart(codes[j]));
      const bin = Math.min(bins - 1, Math.floor((angle / Math.PI) * bins));
      counts[digits[i].label === digits[j].label ? 'same' : 'other'][bin]++;
    }
  }
  const [left, bottom, width, height] = [50, 280, 640, 230];
  const total = (list) => list.reduce((sum, count) => sum + count, 0);
  const shares = Object.fromEntries(
    Object.entries(counts).map(([name, list]) => [name, list.map((count) => count / total(list))]),
  );
  const most = Math.max(...shares.same, ...shares.other);
  const parts = [];
  for (const [name, colour] of [
    ['other', colours[1]],
    ['same', colours[0]],
  ]) {
    const steps = shares[name].map(
      (share, bin) =>
        `L ${near(left + (bin * width) / bins)} ${near(bottom - (share / most) * height)} h ${width / bins}`,
    );
    parts.push(
      `<path d="M ${left} ${bottom} ${steps.join(' ')} V ${bottom} Z" fill="${colour}" fill-opacity="0.55" stroke="${colour}"/>`,
    );
  }
  parts.push(`<path d="M ${left} ${bottom} h ${width}" stroke="#555"/>`);
  for (const [value, label] of [
    [0, '0'],
    [Math.PI / 4, 'π/4'],
    [Math.PI / 2, 'π/2'],
    [(3 * Math.PI) / 4, '3π/4'],
    [Math.PI, 'π'],
  ]) {
    parts.push(text(left + (value / Math.PI) * width, bottom + 20, label, middle));
  }
  parts.push(
    text(left + width / 2, bottom + 42, 'angle between two codes, in radians', middle),
    text(left + 150, 40, 'two images of one class', `fill="${colours[0]}" font-weight="bold"`),
    text(left + 400, 90, 'two images of different classes', `fill="${colours[1]}" font-weight="bold"`),
    text(
      left,
      bottom + 66,
      `Share of pairs, among the first ${codes.length.toLocaleString('en')} images of MNIST's test set.`,
      'fill="#555"',
    ),
  );
  return svg('Angles between pairs of codes of one class, and of different classes', 740, 360, parts);
}

/** One support set's pairs, each walked along its great circle. */
function drawWalks(labels) {
  const omegas = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1];
  const side = 56;
  const x = (column) => 40 + column * (side + 8) + (column > 0 ? 14 : 0) + (column > omegas.length ? 14 : 0);
  const parts = omegas.map((omega, i) => text(x(i + 1), 26, `${omega}`, middle));
  parts.push(text(x(0), 26, 'real', middle), text(x(omegas.length + 1), 26, 'real', middle));
  for (const [row, label] of labels.entries()) {
    const own = digits.flatMap((image, i) => (image.label === label ? [i] : []));
    const [first, second] = [own[2], own[5]];
    const y = 66 + row * (side + 8);
    const drawn = decode(omegas.map((omega) => slerpPoint(codes[first], codes[second], omega)));
    parts.push(picture(digits[first], x(0), y, side), picture(digits[second], x(omegas.length + 1), y, side));
    for (const [i, image] of drawn.entries()) parts.push(picture(image, x(i + 1), y, side, colours[0]));
  }
  return svg(
    'Real digits, images on the way between them, and other real digits of the same class',
    x(omegas.length + 1) + 40,
    76 + labels.length * (side + 8),
    parts,
  );
}

/** A hallucination, its two parents, and the record that comes with it. */
function drawProvenance(label) {
  const sources = { support: test, query: test };
  const { support } = sampleEpisode(sources, { shots: 5, queries: 1, seed: SEED, episode: 0 });
  const own = [...imagesOf(support)].filter((image) => image.label === label);
  const made = [...hallucinations(model, own, { perClass: 4, seed: SEED })];
  const chosen = made.reduce((best, image) =>
    Math.abs(image.provenance.omega - 0.5) < Math.abs(best.provenance.omega - 0.5) ? image : best,
  );
  const { parents, path, omega, angle, index, seed } = chosen.provenance;
  const parts = own.map((image, i) =>
    picture(image, 60 + i * 76, 70, 64, parents.includes(i) ? colours[0] : '#bbb'),
  );
  parts.push(
    ...own.map((_, i) => text(60 + i * 76, 122, `${i}`, middle)),
    text(28, 22, `five real images of class ${label}, in order of arrival`),
  );
  const meeting = [60 + 2 * 76, 230];
  for (const parent of parents)
    parts.push(
      `<path d="M ${60 + parent * 76} 130 L ${meeting[0]} ${meeting[1] - 52}" stroke="${colours[0]}" fill="none"/>`,
    );
  parts.push(picture(chosen, ...meeting, 96, colours[0]), text(meeting[0], 298, 'the hallucination', middle));
  const record = {
    parents: `[${parents.join(', ')}]`,
    path: `'${path}'`,
    omega: omega.toFixed(4),
    angle: angle.toFixed(4),
    index,
    seed,
    model: `'${model.digest.slice(0, 8)}…'`,
  };
  for (const [i, [key, value]] of Object.entries(record).entries())
    parts.push(text(450, 130 + i * 24, `${key}: ${value}`, 'font-family="monospace"'));
  parts.push(text(450, 100, 'image.provenance', 'font-weight="bold"'));
  return svg('Five real digits, a hallucination of two of them, and its provenance', 700, 320, parts);
}

const threes = digits.flatMap(({ label }, i) => (label === 3 ? [i] : []));
// A wide pair shows best how far the two ways are apart.
const wide = threes
  .slice(0, 60)
  .flatMap((first, i, list) => list.slice(i + 1).map((second) => [first, second]))
  .reduce((best, pair) =>
    anglePoint(...pair.map((i) => codes[i])) > anglePoint(...best.map((i) => codes[i])) ? pair : best,
  );

const pictures = {
  'slerp-lerp.svg': drawPaths(...wide),
  'angles.svg': drawAngles(),
  'walks.svg': drawWalks([2, 4, 5, 7]),
  'provenance.svg': drawProvenance(5),
};
for (const [name, content] of Object.entries(pictures)) {
  await writeFile(new URL(name, folder), content);
  console.log(`docs/images/${name}`);
}
model.dispose();
