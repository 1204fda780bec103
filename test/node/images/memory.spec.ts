import { mkdir, writeFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { javascriptDecoder } from '../../../src/data/decode/decoder.js';
import type { Catalog } from '../../../src/node/images/catalog.js';
import { inspectCatalog } from '../../../src/node/images/inspectCatalog.js';
import { openCatalog } from '../../../src/node/images/openCatalog.js';
import { ownFolder } from '../folder.js';

const at = ownFolder();

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that are held now. */
function held(): number {
  // The second waits for what the first has begun to free.
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** So many tiny pictures that lie nowhere: half of them to learn from, half to be judged on. */
function pictures(length: number): Catalog {
  function* images() {
    for (let i = 0; i < length; i++) {
      yield { name: `train/${i}`, label: String(i % 10), split: i % 2 === 0 ? 'train' : 'test' } as const;
    }
  }
  return {
    root: 'tiny',
    passedOver: [],
    images: { length, [Symbol.iterator]: images },
    read: async (name) => {
      const bytes = Uint8Array.from({ length: 4 }, (_, i) => (Number(name.slice(6)) >> (8 * i)) & 255);
      return {
        bytes,
        header: () => ({ format: 'array', width: 2, height: 2, channels: 1 }),
        decode: async () => ({ pixels: Float32Array.from(bytes, (value) => value / 255), shape: [2, 2, 1] }),
      };
    },
  };
}

it('lists a folder in the room of its names', async () => {
  const files = 4000;
  await mkdir(at('photos', 'cat'), { recursive: true });
  for (let i = 0; i < files; i++) await writeFile(at('photos', 'cat', `${1e6 + i}.png`), '');
  const { images } = await openCatalog(at('photos'));
  // Other parts of the process come and go, so many lists are held at once.
  const lists: Catalog[] = [];
  const before = held();
  while (lists.length < 20) lists.push(await openCatalog(at('photos')));
  const room = (held() - before) / (files * lists.length);
  expect(room).toBeGreaterThan(4);
  expect(room).toBeLessThan(24);
  expect(images).toHaveLength(files);
  expect([...images].at(-1)).toEqual({ name: `cat/${1e6 + files - 1}.png`, label: 'cat' });
});

it('inspects any number of images with no more than a sketch of each', async () => {
  const look = (images: number, onProgress: (done: number) => void) =>
    inspectCatalog(pictures(images), { decoder: javascriptDecoder, onProgress });
  await look(500, () => {});
  const images = 10_000;
  const before = held();
  let during = 0;
  // The search among the sketches takes longer, and holds no more.
  const enough = new Error('enough');
  const looking = look(images, (done) => {
    if (done < images) return;
    during = held();
    throw enough;
  });
  await expect(looking).rejects.toBe(enough);
  expect((during - before) / images).toBeLessThan(1600);
});
