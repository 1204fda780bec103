/**
 * Honesty of the cut: accuracy on the images that are held out of a folder like a phone's, with bursts, against the truth on
 * scenes that the folder does not have. Beside it the same for images held out one by one, as most tools do. A KNN (k = 1) on
 * pixels is judged, with the same images to learn from for both figures of a cut.
 *
 *   node paper/experiments/run.mjs heldOut
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exactKnn } from '../../src/classify/exactKnn.js';
import type { ImageShape } from '../../src/core/image.js';
import { randomStream } from '../../src/core/random.js';
import type { ImageSource } from '../../src/data/imageSource.js';
import { fitTo } from '../../src/data/resize.js';
import { estimate } from '../../src/evaluate/statistics.js';
import { loadOwnImages } from '../../src/node/images/loadImages.js';
import { openCatalog } from '../../src/node/images/openCatalog.js';
import { unseenScenes, writePhoneFolder } from '../data/phoneFolder.js';
import { commandOf, experimentBackend, openResult, versionsOf } from './resultFile.js';

const [FOLDERS, CLASSES, UNSEEN, ONE_IN] = [30, 6, 100, 5];
const SHAPE: ImageShape = [32, 32, 3];

/** Share of right answers of a KNN with these references. */
async function accuracy(
  { images, classes }: ImageSource,
  references: readonly number[],
  asked: { readonly values: Float32Array; readonly labels: readonly string[] },
): Promise<number> {
  const { pixels, labels } = images(references);
  const found = await exactKnn.predict(
    { values: pixels, dimension: SHAPE[0] * SHAPE[1] * SHAPE[2], labels },
    asked.values,
    { k: 1, classes: classes.length },
  );
  return asked.labels.filter((label, i) => classes[found[i]!] === label).length / asked.labels.length;
}

/** The images of a source as queries. */
function queriesOf(source: ImageSource, indices: readonly number[]) {
  const { pixels, labels, classes } = source.images(indices);
  return { values: pixels, labels: Array.from(labels, (label) => String(classes[label])) };
}

/** Indices to be tested on, one in five of each class, at random. */
function oneByOne({ labels, classes }: ImageSource, seed: number): number[] {
  return classes.flatMap((_, label) => {
    const own = [...labels.keys()].filter((index) => labels[index] === label);
    const chosen = randomStream(seed, 'one by one', label).sample(
      own.length,
      Math.round(own.length / ONE_IN),
    );
    return Array.from(chosen, (index) => own[index]!);
  });
}

function unseen(seed: number) {
  const scenes = unseenScenes(seed, CLASSES, UNSEEN);
  const values = scenes.flatMap(({ pixels, shape }) => [
    ...fitTo({ pixels, shape }, SHAPE, 'letterbox').pixels,
  ]);
  return { values: Float32Array.from(values), labels: scenes.map(({ label }) => label) };
}

interface Row {
  readonly seed: number;
  readonly images: number;
  /** Accuracy on held-out images, and the truth for the same references, of each cut. */
  readonly sets: readonly [heldOut: number, truth: number];
  readonly oneByOne: readonly [heldOut: number, truth: number];
}

async function measure(seed: number): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'fewshot-phone-'));
  try {
    const pictures = await writePhoneFolder(folder, { seed, classes: CLASSES });
    const own = await loadOwnImages(await openCatalog(folder, { nested: true }), {
      shape: SHAPE,
      fit: 'letterbox',
    });
    const truth = unseen(seed);
    const indicesIn = (source: ImageSource) => [...source.labels.keys()];
    const alone = oneByOne(own.all, seed);
    const rest = indicesIn(own.all).filter((index) => !alone.includes(index));
    const row: Row = {
      ...{ seed, images: pictures.length },
      sets: [
        await accuracy(own.train, indicesIn(own.train), queriesOf(own.test, indicesIn(own.test))),
        await accuracy(own.train, indicesIn(own.train), truth),
      ],
      oneByOne: [
        await accuracy(own.all, rest, queriesOf(own.all, alone)),
        await accuracy(own.all, rest, truth),
      ],
    };
    own.dispose();
    return row;
  } finally {
    await rm(folder, { recursive: true });
  }
}

export default async function run(): Promise<void> {
  const backend = await experimentBackend('wasm');
  const file = openResult<Row>('heldOut', { indent: 1 });
  const rows: Row[] = [];
  for (let seed = 1; seed <= FOLDERS; seed++) rows.push(await measure(seed));
  const of = (cut: 'sets' | 'oneByOne') => ({
    heldOut: estimate(rows.map((row) => row[cut][0])),
    truth: estimate(rows.map((row) => row[cut][1])),
    difference: estimate(rows.map((row) => row[cut][0] - row[cut][1])),
  });
  const result = {
    command: commandOf('heldOut'),
    versions: versionsOf(backend),
    sets: of('sets'),
    oneByOne: of('oneByOne'),
    rows,
  };
  file.write(result);
  const shown = ({ mean, ci95 }: ReturnType<typeof estimate>) =>
    `${(100 * mean).toFixed(1)} ± ${(100 * (ci95 ?? 0)).toFixed(1)}`;
  for (const cut of ['sets', 'oneByOne'] as const) {
    const { heldOut, truth, difference } = result[cut];
    console.log(
      `${cut}: held out ${shown(heldOut)} %, truth ${shown(truth)} %, difference ${shown(difference)}`,
    );
  }
}
