/**
 * What near-duplicates are found: photos of one class that are joined, each class by itself; frames of simulated bursts that are
 * found; and drawings that are joined, of MNIST's first digits.
 *
 *   node paper/experiments/run.mjs nearDuplicates caltech     # a folder of Caltech-101's classes; a minute
 */
import sharp from 'sharp';
import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { randomStream } from '../../src/core/random.js';
import { version } from '../../src/core/version.js';
import { javascriptDecoder } from '../../src/data/decode/decoder.js';
import type { Pixels } from '../../src/data/decode/pixels.js';
import { toBytes } from '../../src/data/imageSource.js';
import { loadBuiltInSet } from '../../src/node/builtInSets.js';
import { collectFacts, factsOf } from '../../src/node/images/imageFacts.js';
import { openCatalog } from '../../src/node/images/openCatalog.js';
import { commandOf, openResult } from './resultFile.js';

/** Images that are joined to another one. */
interface Row {
  readonly images: string;
  readonly count: number;
  readonly joined: number;
  /** Images of the largest set. */
  readonly largest: number;
}

/** Photos of a class; bursts, and frames of each; digits of a class. */
const [PHOTOS, BURSTS, FRAMES, DIGITS] = [200, 500, 2, 100];
const NAMED = ['Motorbikes', 'Faces_easy', 'Faces', 'airplanes', 'Leopards', 'watch', 'car_side', 'yin_yang'];

/** Looks for near-duplicates among images of one class. */
function joinedAmong(
  images: string,
  pictures: readonly Pixels[],
): Row & { readonly alike: readonly (readonly string[])[] } {
  const facts = collectFacts(pictures.length);
  for (const [i, picture] of pictures.entries())
    facts.add({ name: String(i), label: 'all' }, factsOf(picture));
  const { alike } = facts.findings();
  const sizes = alike.map((set) => set.length);
  const joined = sizes.reduce((sum, size) => sum + size, 0);
  return { images, count: pictures.length, joined, largest: Math.max(1, ...sizes), alike };
}

/** A frame of a burst: moved, in other light, with noise, and compressed as a JPEG. */
async function frameOf(picture: Pixels, still: boolean, keys: readonly (number | string)[]): Promise<Pixels> {
  const stream = randomStream('frame', ...keys);
  const [height, width, channels] = picture.shape;
  const inner = Math.floor(0.86 * Math.min(height, width));
  const amount = still ? 0 : 1;
  const [dx, dy] = [
    stream.uniform(-0.05, 0.05) * inner * amount,
    stream.uniform(-0.05, 0.05) * inner * amount,
  ];
  const zoom = 1 + stream.uniform(-0.04, 0.04) * amount;
  const turn = stream.uniform(-3, 3) * (Math.PI / 180) * amount;
  const [cos, sin] = [Math.cos(turn) / zoom, Math.sin(turn) / zoom];
  const pixels = new Float32Array(inner * inner * channels);
  for (let row = 0, i = 0; row < inner; row++) {
    for (let column = 0; column < inner; column++) {
      const [u, v] = [column + 0.5 - inner / 2, row + 0.5 - inner / 2];
      const x = Math.min(width - 1.01, Math.max(0, width / 2 + dx + cos * u - sin * v - 0.5));
      const y = Math.min(height - 1.01, Math.max(0, height / 2 + dy + sin * u + cos * v - 0.5));
      const [left, top] = [Math.floor(x), Math.floor(y)];
      for (let c = 0; c < channels; c++) {
        const at = (line: number, place: number) => picture.pixels[(line * width + place) * channels + c]!;
        const above = at(top, left) + (x - left) * (at(top, left + 1) - at(top, left));
        const below = at(top + 1, left) + (x - left) * (at(top + 1, left + 1) - at(top + 1, left));
        pixels[i++] = above + (y - top) * (below - above);
      }
    }
  }
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  const [contrast, brightness] = [stream.uniform(0.85, 1.15), stream.uniform(0.85, 1.15)];
  const noise = stream.uniform(0, 0.02);
  for (const [i, value] of pixels.entries()) {
    const lit = (value - mean) * contrast + mean * brightness + noise * stream.normal();
    pixels[i] = Math.min(1, Math.max(0, lit));
  }
  const raw = { width: inner, height: inner, channels: channels as 1 | 3 };
  const quality = 60 + stream.integer(36);
  const jpeg = await sharp(Buffer.from(toBytes(pixels)), { raw })
    .jpeg({ quality })
    .toBuffer();
  return javascriptDecoder.decode(jpeg, 'frame');
}

export default async function measure([folder = 'caltech']: readonly string[]): Promise<void> {
  const { write } = openResult('near-duplicates', { indent: 2 });
  const catalog = await openCatalog(folder);
  const byClass = new Map<string, Pixels[]>();
  for (const { name, label } of catalog.images) {
    const own = byClass.get(label) ?? [];
    byClass.set(label, own);
    if (own.length < PHOTOS) own.push(await (await catalog.read(name)).decode(javascriptDecoder));
  }
  const classes = [...byClass].map(([label, own]) => joinedAmong(label, own));
  const sum = (of: (row: Row) => number) => classes.reduce((total, row) => total + of(row), 0);
  const rest = classes.filter(({ images }) => !NAMED.includes(images));
  const photos: Row[] = [
    ...classes.filter(({ images }) => NAMED.includes(images)),
    {
      images: `${rest.length} other classes`,
      count: rest.reduce((total, { count }) => total + count, 0),
      joined: rest.reduce((total, { joined }) => total + joined, 0),
      largest: Math.max(...rest.map(({ largest }) => largest)),
    },
    {
      images: 'all',
      count: sum(({ count }) => count),
      joined: sum(({ joined }) => joined),
      largest: Math.max(...classes.map(({ largest }) => largest)),
    },
  ].map(({ images, count, joined, largest }) => ({ images, count, joined, largest }));

  const all = [...byClass.values()].flat();
  const scenes = randomStream(1, 'bursts').sample(all.length, BURSTS);
  const frames: Pixels[] = [];
  for (const [burst, scene] of scenes.entries()) {
    for (let frame = 0; frame < FRAMES; frame++)
      frames.push(await frameOf(all[scene]!, frame === 0, [burst, frame]));
  }
  const bursts = joinedAmong('bursts', frames);
  const setOf = new Map(
    bursts.alike.flatMap((set, number) => set.map((name) => [Number(name), number] as const)),
  );
  const found = Array.from({ length: BURSTS }, (_, burst) => setOf.get(FRAMES * burst)).filter(
    (set, burst) => set !== undefined && set === setOf.get(FRAMES * burst + 1),
  ).length;

  const { train } = await loadBuiltInSet('mnist');
  const digits = train.classes.map((digit, index) => {
    const own = [...train.labels.keys()].filter((i) => train.labels[i] === index).slice(0, DIGITS);
    const { pixels, shape } = train.images(own);
    const size = shape[0] * shape[1];
    const pictures = own.map((_, i): Pixels => ({ pixels: pixels.slice(i * size, (i + 1) * size), shape }));
    const { count, joined, largest } = joinedAmong(String(digit), pictures);
    return { images: `MNIST ${digit}`, count, joined, largest };
  });

  const command = commandOf('nearDuplicates', ['caltech']);
  const table = (rows: readonly Row[]) =>
    markdownTable(
      ['images', 'number', 'joined to another', '%', 'largest set'],
      rows.map(({ images, count, joined, largest }) => [
        ...[images, String(count), String(joined)],
        ...[((100 * joined) / count).toFixed(1), String(largest)],
      ]),
    );
  write(
    {
      ...{ schema: 'fewshot.near-duplicates/1', command, versions: { 'fewshot-atnl': version } },
      bursts: { count: BURSTS, frames: FRAMES, found },
      rows: [...photos, ...digits],
    },
    `# Near-duplicates

Of Caltech-101 without its background, at 96 pixels, the first ${PHOTOS} photos of each class, each class by itself; of MNIST the first ${DIGITS} train images of
each digit. A burst is a photo's middle, and the same with a shift of up to 5 % of the side in both directions, a zoom of up to 4 %, a turn of up to 3°,
contrast and brightness changed by up to 15 %, noise, and both as JPEGs of quality 60 to 95: ${found} of ${BURSTS} are found (${((100 * found) / BURSTS).toFixed(1)} %). Made by
\`${command}\`.

${table([...photos, ...digits])}
`,
  );
}
