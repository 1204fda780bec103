import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FewshotError } from '../../../src/core/errors.js';
import { sizeOf } from '../../../src/core/image.js';
import { javascriptDecoder } from '../../../src/data/decode/decoder.js';
import { encodePng } from '../../../src/data/decode/png.js';
import { openCatalog } from '../../../src/node/images/openCatalog.js';
import { damage, damaged, fuzzRuns } from '../../damage.js';
import { pngOf } from '../../data/decode/pngFiles.js';
import { bytesOf, references } from '../../data/decode/references.js';
import { ownFolder } from '../folder.js';
import { float32, npyOf, texts, zipOf } from './npzFiles.js';

const at = ownFolder();

/** Files to damage by the name that they are read under. */
const files: Readonly<Record<string, Uint8Array>> = {
  'gray.png': encodePng(
    Float32Array.from({ length: 48 }, (_, i) => i / 48),
    [6, 8, 1],
  ),
  'palette.png': pngOf({ width: 5, height: 2, depth: 8, colorType: 2 }, [
    Array(15).fill(9),
    Array(15).fill(7),
  ]),
  ...Object.fromEntries(references.decoded.map(({ jpeg }, i) => [`${i}.jpg`, bytesOf(jpeg)])),
  'turned.jpg': bytesOf(references.turned[5]!),
  'a.npz': zipOf({
    'images.npy': npyOf('<f4', [2, 2, 2], float32(0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 1)),
    'labels.npy': npyOf('<U3', [2], texts(3, 'ox', 'cow')),
  }),
  'b.npz': zipOf(
    {
      'x.npy': npyOf('|u1', [2, 2, 1], Uint8Array.of(1, 2, 3, 4)),
      'y.npy': npyOf('|u1', [2], Uint8Array.of(0, 1)),
    },
    false,
  ),
  'c-images-idx3-ubyte': Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 9, 8, 7, 6),
  'd.csv': new TextEncoder().encode('path,label,split\n"p/1, 2.png",cat,train\np/3.png,"d""og",test\n'),
  'e.jsonl': new TextEncoder().encode('{"path":"p/1.png","label":"cat"}\n{"path":"p/2.png","label":2}\n'),
};
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 1, 0);

/** Reads a file as the commands do: to its last image. Gives how many there were. */
async function readAll(name: string, bytes: Uint8Array): Promise<number> {
  if (/\.(png|jpg)$/.test(name)) {
    const { pixels, shape } = await javascriptDecoder.decode(bytes, at(name));
    expect(pixels).toHaveLength(sizeOf(shape));
    expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
    return 1;
  }
  await writeFile(at(name), bytes);
  await writeFile(at('c-labels-idx1-ubyte'), labels);
  const { images, read } = await openCatalog(at(name));
  for (const image of images) {
    expect(image.label).toMatch(/^[^./][^/]*$/);
    const { pixels } = await (await read(image.name)).decode(javascriptDecoder);
    expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
  }
  return images.length;
}

describe('a damaged file', () => {
  it.each(Object.keys(files))('%s gives images that are whole, or an error that names it', async (name) => {
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const start = performance.now();
        try {
          await readAll(name, damaged(files[name]!, how));
        } catch (error) {
          expect(error).toBeInstanceOf(FewshotError);
          expect((error as FewshotError).hint).toBeTruthy();
          expect((error as FewshotError).message).toContain(
            at(name === 'd.csv' || name === 'e.jsonl' ? '' : name),
          );
        }
        expect(performance.now() - start).toBeLessThan(5000);
      }),
      { numRuns: fuzzRuns(150) },
    );
  });
});
