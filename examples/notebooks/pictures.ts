/** Pictures of the notebooks, as SVG: sheets of images, bars, histograms, and points on a globe. */
import * as tf from '@tensorflow/tfjs';
import type { Label, LabeledImage, Model } from 'fewshot-atnl';
import { encodePng } from 'fewshot-atnl/data';

export type Picture = Pick<LabeledImage, 'pixels' | 'shape'>;

export const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a6d00', '#444444'];

const svg = (width: number, height: number, parts: readonly string[]) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="14" fill="#222"><rect width="${width}" height="${height}" fill="white"/>${parts.join('')}</svg>`;
const words = (x: number, y: number, said: string, more = '') =>
  `<text x="${x}" y="${y}" ${more}>${said}</text>`;

/** Items in rows, one for each label, in order of labels. */
export function rows<Item extends { readonly label: Label }>(items: readonly Item[], most = 99): Item[][] {
  const labels = [...new Set(items.map(({ label }) => label))].sort();
  return labels.map((label) => items.filter((item) => item.label === label).slice(0, most));
}

/** What a model's decoder draws at codes. */
export function drawn(model: Model, codes: readonly Float32Array[]): Picture[] {
  const images = tf.tidy(() => model.decode(tf.stack(codes.map((code) => tf.tensor1d(code))) as tf.Tensor2D));
  const pixels = images.dataSync<'float32'>();
  images.dispose();
  const size = pixels.length / codes.length;
  return codes.map((_, i) => ({ pixels: pixels.slice(i * size, (i + 1) * size), shape: model.imageShape }));
}

/** A drawing made of text: what is no dot or space is ink. */
export function fromText(text: string): Picture {
  const lines = text.trim().split('\n');
  const side = Math.max(lines.length, ...lines.map((line) => line.length));
  const pixels = Float32Array.from({ length: side * side }, (_, i) =>
    /[^. ]/.test(lines[Math.floor(i / side)]?.[i % side] ?? '.') ? 1 : 0,
  );
  return { pixels, shape: [side, side, 1] };
}

/** Rows of images as one PNG; gray ones as ink on paper. */
function atlas(lines: readonly (readonly Picture[])[]): string {
  const [side, , channels] = lines[0]![0]!.shape;
  const step = side + Math.round(side / 14);
  const [height, width] = [lines.length * step, Math.max(...lines.map((line) => line.length)) * step];
  const pixels = new Float32Array(height * width * channels).fill(1);
  for (const [top, line] of lines.entries()) {
    for (const [left, { pixels: own }] of line.entries()) {
      for (const [i, value] of own.entries()) {
        const [y, x] = [Math.floor(i / channels / side), Math.floor(i / channels) % side];
        const at = ((top * step + y) * width + left * step + x) * channels + (i % channels);
        pixels[at] = channels === 1 ? 0.955 - 0.88 * value : value;
      }
    }
  }
  return `data:image/png;base64,${Buffer.from(encodePng(pixels, [height, width, channels])).toString('base64')}`;
}

/** Groups of rows of square images, side by side, under their titles. `names` stand before the rows. */
export function sheet(
  groups: Readonly<Record<string, readonly (readonly Picture[])[]>>,
  { side = 40, names = [] as readonly string[] } = {},
): string {
  const step = side + side / 14;
  const longest = Math.max(0, ...names.map((name) => name.length));
  let x = 8 + (longest > 0 ? 18 + 7 * longest : 0);
  let bottom = 0;
  const parts = names.map((name, i) => words(8, 32 + i * step + side / 2 + 5, name));
  for (const [title, lines] of Object.entries(groups)) {
    const [wide, high] = [Math.max(...lines.map((line) => line.length)) * step, lines.length * step];
    parts.push(words(x, 20, title, 'font-weight="600"'));
    parts.push(`<image x="${x}" y="32" width="${wide}" height="${high}" href="${atlas(lines)}"/>`);
    x += Math.max(wide, 8 * title.length) + 20;
    bottom = Math.max(bottom, high);
  }
  return svg(Math.ceil(x), Math.ceil(bottom + 40), parts);
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** Half the width of its interval. */
  readonly give?: number;
  readonly color?: string;
}

/** Bars with their values, from 0 to `most`. */
export function bars(list: readonly Bar[], { title = '', most = 100, unit = ' %', digits = 1 } = {}): string {
  const left = 30 + 7.4 * Math.max(...list.map(({ name }) => name.length));
  const at = (value: number) => left + (380 * Math.min(most, Math.max(0, value))) / most;
  const parts = list.map(({ name, value, give, color = '#9aa5b1' }, i) => {
    const y = 40 + 30 * i;
    const whisker =
      give === undefined
        ? ''
        : `<path d="M ${at(value - give)} ${y + 10} H ${at(value + give)}" stroke="#222"/>`;
    const said = `${value.toFixed(digits)}${give === undefined ? '' : ` ± ${give.toFixed(digits)}`}${unit}`;
    return `${words(left - 10, y + 15, name, 'text-anchor="end"')}<rect x="${left}" y="${y}" width="${at(value) - left}" height="20" rx="2" fill="${color}"/>${whisker}${words(at(value + (give ?? 0)) + 8, y + 15, said)}`;
  });
  return svg(left + 500, 50 + 30 * list.length, [words(8, 22, title, 'font-weight="600"'), ...parts]);
}

/** Shares of angles in bins of five degrees, from 0° to 180°. */
export function histogram(series: Readonly<Record<string, readonly number[]>>): string {
  const shares = Object.values(series).map((angles) =>
    Array.from(
      { length: 36 },
      (_, bin) => angles.filter((a) => Math.floor(a / 5) === bin).length / angles.length,
    ),
  );
  const scale = 170 / Math.max(...shares.flat());
  const x = (degrees: number) => 30 + 3.2 * degrees;
  const parts = Object.keys(series).flatMap((name, s) => [
    ...shares[s]!.map(
      (share, bin) =>
        `<rect x="${x(5 * bin)}" y="${(200 - scale * share).toFixed(1)}" width="15" height="${(scale * share).toFixed(1)}" fill="${colors[s]}" fill-opacity="0.65"/>`,
    ),
    words(606, 30 + 22 * s, name, `text-anchor="end" fill="${colors[s]}" font-weight="600"`),
  ]);
  const ticks = [0, 45, 90, 135, 180].map((degrees) =>
    words(x(degrees), 222, `${degrees}°`, 'text-anchor="middle"'),
  );
  return svg(640, 235, [...parts, `<path d="M 30 200 H 606" stroke="#222"/>`, ...ticks]);
}

type Point = readonly [number, number, number];
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
const unit = (a: ArrayLike<number>) => Array.from(a, (value) => value / Math.sqrt(dot(a, a)));

/** A view of a sphere of many dimensions along three: towards the means of three groups of codes, made perpendicular. */
export function viewTowards(
  groups: readonly (readonly Float32Array[])[],
): (code: ArrayLike<number>) => Point {
  const axes: number[][] = [];
  for (const codes of groups) {
    let axis = Array.from(codes[0]!, (_, i) => codes.reduce((sum, code) => sum + code[i]!, 0));
    for (const other of axes) {
      const share = dot(axis, other);
      axis = axis.map((value, i) => value - share * other[i]!);
    }
    axes.push(unit(axis));
  }
  return (code) => unit(axes.map((axis) => dot(code, axis))) as unknown as Point;
}

export interface Spot {
  readonly at: Point;
  readonly color: string;
  readonly picture?: Picture;
}

/** Spots on a globe, seen from between the three axes, and arcs along it. */
export function globe(
  spots: readonly Spot[],
  { arcs = [] as readonly (readonly Point[])[], corners = [] as readonly string[] } = {},
): string {
  const flat = (p: ArrayLike<number>) =>
    [
      300 + (195 * dot(p, [-1, 1, 0])) / Math.SQRT2,
      225 - (195 * dot(p, [-1, -1, 2])) / Math.sqrt(6),
    ] as const;
  const depth = (p: ArrayLike<number>) => dot(p, [1, 1, 1]) / Math.sqrt(3);
  const line = (points: readonly ArrayLike<number>[], look: string) =>
    `<path fill="none" ${look} d="${points
      .map(
        (p, i) =>
          `${i > 0 && depth(points[i - 1]!) >= 0 && depth(p) >= 0 ? 'L' : 'M'} ${flat(p)
            .map((v) => v.toFixed(1))
            .join(' ')}`,
      )
      .join(' ')}"/>`;
  const circle = (of: (turn: number) => Point) =>
    line(
      Array.from({ length: 73 }, (_, i) => of((i * Math.PI) / 36)),
      'stroke="#c9d3dc"',
    );
  const net = [-60, -30, 0, 30, 60].flatMap((degrees) => {
    const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    return [
      circle((t) => [c * Math.cos(t), c * Math.sin(t), s]),
      circle((t) => [c * Math.cos(t), s * Math.cos(t), Math.sin(t)]),
    ];
  });
  // Pictures that would hide another are dots.
  const shown: (readonly [x: number, y: number])[] = [];
  const marks: [string[], string[]] = [[], []];
  for (const { at, color, picture } of [...spots].sort((a, b) => depth(b.at) - depth(a.at))) {
    const [x, y] = flat(at);
    const [left, top] = [(x - 15).toFixed(1), (y - 15).toFixed(1)];
    if (picture === undefined || shown.some(([u, v]) => Math.max(Math.abs(u - x), Math.abs(v - y)) < 26)) {
      const faint = depth(at) < 0 ? 0.15 : 0.7;
      marks[0].push(
        `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3.5" fill="${color}" fill-opacity="${faint}"/>`,
      );
      continue;
    }
    shown.push([x, y]);
    marks[1].push(
      `<image x="${left}" y="${top}" width="32.1" height="32.1" href="${atlas([[picture]])}"/>`,
      `<rect x="${left}" y="${top}" width="30" height="30" rx="2" fill="none" stroke="${color}" stroke-width="2"/>`,
    );
  }
  const places = [
    [100, 400, 'end'],
    [500, 400, 'start'],
    [300, 22, 'middle'],
  ] as const;
  const labels = corners.map((name, i) =>
    words(
      places[i]![0],
      places[i]![1],
      name,
      `text-anchor="${places[i]![2]}" font-weight="600" fill="${colors[i]}"`,
    ),
  );
  const shade =
    '<defs><radialGradient id="ball" cx="0.4" cy="0.32" r="0.8"><stop offset="0" stop-color="#fff"/><stop offset="1" stop-color="#dde5ec"/></radialGradient></defs><circle cx="300" cy="225" r="195" fill="url(#ball)" stroke="#b8c4ce"/>';
  const ways = arcs.map((points) => line(points, 'stroke="#222" stroke-width="1.6"'));
  return svg(600, 440, [shade, ...net, ...marks[0], ...ways, ...marks[1], ...labels]);
}

/** A picture with a side `by` times shorter: means of squares. */
export function smaller({ pixels, shape: [height, width, channels] }: Picture, by: number): Picture {
  const [high, wide] = [Math.floor(height / by), Math.floor(width / by)];
  const mean = new Float32Array(high * wide * channels);
  for (let y = 0; y < high * by; y++) {
    for (let i = 0; i < wide * by * channels; i++) {
      const x = Math.floor(i / channels / by);
      mean[(Math.floor(y / by) * wide + x) * channels + (i % channels)]! +=
        pixels[y * width * channels + i]! / by ** 2;
    }
  }
  return { pixels: mean.map((value) => Math.min(1, value)), shape: [high, wide, channels] };
}
