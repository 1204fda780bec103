import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterEach, expect, it, vi } from 'vitest';
import { javascriptDecoder } from '../../../src/data/decode/decoder.js';
import { encodePng } from '../../../src/data/decode/png.js';
import { storedFile } from '../../../src/node/images/catalog.js';
import { decodeCache } from '../../../src/node/images/decodeCache.js';
import { loadOwnImages } from '../../../src/node/images/loadImages.js';
import { openCatalog } from '../../../src/node/images/openCatalog.js';
import { ownFolder } from '../folder.js';

const at = ownFolder();
afterEach(() => vi.unstubAllEnvs());
const picture = (shade: number, side = 128) =>
  encodePng(
    Float32Array.from({ length: side * side }, (_, i) => ((i * shade) % 256) / 255),
    [side, side, 1],
  );
const unpacking = { decoder: 'javascript', shape: [8, 8, 1], fit: 'crop' } as const;

/** A cache, and how often something had to be unpacked. */
function counted(mostBytes?: number, about: Parameters<typeof decodeCache>[1] = unpacking) {
  const cache = decodeCache(at('cache'), about, mostBytes);
  let unpacked = 0;
  return {
    ...cache,
    bytesOf: (shade: number, side?: number) =>
      cache.bytesOf(storedFile(picture(shade, side), 'a.png'), async () => {
        unpacked++;
        return new Uint8Array(64).fill(shade);
      }),
    unpacked: () => unpacked,
  };
}

it('unpacks an image once, whoever asks; another image, shape, fit, background or decoder by itself', async () => {
  const first = counted();
  expect(await first.bytesOf(3)).toEqual(new Uint8Array(64).fill(3));
  await first.bytesOf(5);
  expect(first.unpacked()).toBe(2);
  const second = counted();
  expect(new Uint8Array((await second.bytesOf(3)) as Uint8Array)).toEqual(new Uint8Array(64).fill(3));
  expect(second.unpacked()).toBe(0);
  for (const change of [
    { shape: [8, 8, 3] },
    { fit: 'letterbox' },
    { background: 'white' },
    { decoder: 'sharp' },
  ] as const) {
    const other = counted(undefined, { ...unpacking, ...change });
    await other.bytesOf(3);
    expect(other.unpacked()).toBe(1);
  }
});

it('keeps a picture that sharp alone reads once for both decoders, and a JPEG for each', async () => {
  const image = sharp({ create: { width: 128, height: 128, channels: 3, background: 'red' } });
  for (const [format, times] of [
    ['webp', 1],
    ['jpeg', 2],
  ] as const) {
    const stored = storedFile(await image.toFormat(format).toBuffer(), `a.${format}`);
    let unpacked = 0;
    for (const decoder of ['javascript', 'sharp'] as const) {
      await decodeCache(at('cache'), { ...unpacking, decoder }).bytesOf(stored, async () => {
        unpacked++;
        return new Uint8Array(64);
      });
    }
    expect(unpacked, format).toBe(times);
  }
});

it('makes anew what is not whole, and leaves small pictures alone', async () => {
  const cache = counted();
  await cache.bytesOf(3);
  const [name] = await readdir(at('cache'));
  const whole = await readFile(at('cache', name!));
  const turned = Uint8Array.from(whole, (value, i) => (i === 40 ? value ^ 1 : value));
  for (const damaged of [whole.subarray(0, 50), turned, new Uint8Array(0)]) {
    await writeFile(at('cache', name!), damaged);
    const again = counted();
    expect(await again.bytesOf(3)).toEqual(new Uint8Array(64).fill(3));
    expect(again.unpacked()).toBe(1);
    expect(await readFile(at('cache', name!))).toEqual(whole);
  }
  await cache.bytesOf(7, 127);
  expect(await readdir(at('cache'))).toEqual([name]);
});

it('bears several at once that write the same, and read what another writes', async () => {
  const shades = Array.from({ length: 12 }, (_, i) => i + 1);
  const caches = Array.from({ length: 4 }, () => counted());
  const all = await Promise.all(
    caches.map((cache) => Promise.all(shades.map(async (shade) => [...(await cache.bytesOf(shade))]))),
  );
  for (const found of all) expect(found).toEqual(shades.map((shade) => Array(64).fill(shade)));
  await Promise.all(caches.map((cache) => cache.tidy()));
  expect(await readdir(at('cache'))).toHaveLength(shades.length);
  const again = counted();
  for (const shade of shades) await again.bytesOf(shade);
  expect(again.unpacked()).toBe(0);
});

it('lets the oldest go beyond its size, and nothing that is not its own', async () => {
  const cache = counted(3 * 96);
  await mkdir(at('cache'));
  await writeFile(at('cache', 'mine.txt'), 'x'.repeat(1000));
  for (const [age, shade] of [1, 2, 3, 4].entries()) {
    const before = new Set(await readdir(at('cache')));
    await cache.bytesOf(shade);
    const name = (await readdir(at('cache'))).find((one) => !before.has(one))!;
    expect((await stat(at('cache', name))).size).toBe(96);
    await utimes(at('cache', name), 1000 + age, 1000 + age);
  }
  await cache.tidy();
  expect(await readdir(at('cache'))).toHaveLength(4);
  const again = counted();
  for (const shade of [2, 3, 4]) await again.bytesOf(shade);
  expect(again.unpacked()).toBe(0);
  await again.bytesOf(1);
  expect(again.unpacked()).toBe(1);
});

it('unpacks where the folder cannot be used', async () => {
  await writeFile(at('cache'), 'a file');
  const cache = counted();
  expect(await cache.bytesOf(3)).toEqual(new Uint8Array(64).fill(3));
  await cache.tidy();
  expect(await readFile(at('cache'), 'utf8')).toBe('a file');
});

it('changes nothing of what is loaded', async () => {
  for (const label of ['a', 'b']) {
    await mkdir(at('photos', label), { recursive: true });
    for (const shade of [3, 5]) await writeFile(at('photos', label, `${shade}.png`), picture(shade));
    await writeFile(at('photos', label, 'bad.png'), picture(3).subarray(0, 60));
  }
  let unpacked = 0;
  const decoder: typeof javascriptDecoder = {
    ...javascriptDecoder,
    decode: (...image) => {
      unpacked++;
      return javascriptDecoder.decode(...image);
    },
  };
  const load = async () => {
    const catalog = await openCatalog(at('photos'));
    const own = await loadOwnImages(catalog, { shape: [8, 8, 1], fit: 'crop', skipBad: true, decoder });
    return { digest: own.digest, bad: own.findings.bad, pixels: own.all.images().pixels };
  };
  const without = await load();
  vi.stubEnv('FEWSHOT_CACHE', at('cache'));
  expect(await load()).toEqual(without);
  unpacked = 0;
  expect(await load()).toEqual(without);
  expect(unpacked).toBe(2);
});
