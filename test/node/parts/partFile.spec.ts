import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mergeParts } from '../../../src/node/parts/mergeParts.js';
import { openPartFile, type PartHeader, partsOf } from '../../../src/node/parts/partFile.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-parts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
const fresh = () => join(folder, `${files++}.part`);

const headerOf = (parts: number, shard: [number, number], seed = 1): PartHeader => ({
  schema: 'fewshot.part/1',
  command: 'fewshot eval',
  about: { kind: 'eval', settings: { seed, data: 'mnist' }, versions: { node: '20' } },
  parts,
  shard,
});

const made = (part: number) => ({ of: part, text: 'ä"\n\u2028', numbers: [part / 3, -0.5] });

/** Writes a shard whole, or what is missing of it. */
async function write(path: string, header: PartHeader): Promise<number> {
  let count = 0;
  await openPartFile(path, header, async ({ open, finished, add, end }) => {
    if (finished) return;
    for (const part of open) {
      await add(part, made(part));
      count++;
    }
    await end(1.5);
  });
  return count;
}

describe('shards', () => {
  it('hold each part once, whatever their number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (parts, of) => {
        fc.pre(of <= parts);
        const all = Array.from({ length: of }, (_, i) => partsOf({ parts, shard: [i + 1, of] }));
        expect(all.every((own) => own.length > 0)).toBe(true);
        expect(all.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: parts }, (_, i) => i));
      }),
    );
  });

  it('are joined in the order of the parts, from files in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 1, max: 12 })
          .chain((of) => fc.tuple(fc.constant(of), fc.integer({ min: of, max: 30 }))),
        fc.infiniteStream(fc.nat()),
        async ([of, parts], random) => {
          const paths: [number, string][] = [];
          for (let number = 1; number <= of; number++) {
            const path = fresh();
            await write(path, headerOf(parts, [number, of]));
            paths.push([random.next().value!, path]);
          }
          const merged = await mergeParts(paths.sort(([a], [b]) => a - b).map(([, path]) => path));
          expect(merged.values).toEqual(Array.from({ length: parts }, (_, part) => made(part)));
          expect(merged.seconds).toBeCloseTo(1.5 * of);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('go on from any byte at which a file was cut off, with the same bytes', async () => {
    const header = headerOf(7, [2, 3]);
    const whole = fresh();
    await write(whole, header);
    const bytes = await readFile(whole);
    const first = bytes.indexOf('\n') + 1;
    for (let cut = first; cut < bytes.length; cut += 7) {
      const path = fresh();
      await writeFile(path, bytes.subarray(0, cut));
      const lines = bytes.subarray(0, cut).toString().split('\n').length - 2;
      expect(await write(path, header)).toBe(Math.max(0, 2 - lines));
      expect(await readFile(path)).toEqual(bytes);
    }
    expect(await write(whole, header), 'a finished file stays').toBe(0);
    expect(await readFile(whole)).toEqual(bytes);
  });

  it('make again what follows a line that is damaged', async () => {
    const path = fresh();
    const header = headerOf(6, [1, 1]);
    await write(path, header);
    const lines = (await readFile(path, 'utf8')).split('\n');
    lines[3] = '[2,{"of"';
    await writeFile(path, lines.join('\n'));
    expect(await write(path, header)).toBe(4);
    expect((await mergeParts([path])).values).toHaveLength(6);
  });

  it('are not mixed with a file of other work, or none', async () => {
    const path = fresh();
    await write(path, headerOf(4, [1, 2]));
    await expect(write(path, headerOf(4, [1, 2], 2))).rejects.toThrow(
      `${path} has parts of other work: about.settings.seed is 1, not 2`,
    );
    await expect(write(path, headerOf(4, [2, 2]))).rejects.toThrow('shard.0 is 1, not 2');
    await writeFile(path, 'my notes');
    await expect(write(path, headerOf(4, [1, 2]))).rejects.toThrow(`${path} has no parts of a work`);
    expect(await readFile(path, 'utf8')).toBe('my notes');
  });
});

describe('mergeParts', () => {
  const shards = async (...headers: PartHeader[]) => {
    const paths: string[] = [];
    for (const header of headers) {
      const path = fresh();
      await write(path, header);
      paths.push(path);
    }
    return paths;
  };

  it('names shards that are missing or given twice', async () => {
    const [one, two] = await shards(headerOf(8, [1, 5]), headerOf(8, [2, 5]));
    await expect(mergeParts([one!, two!])).rejects.toThrow('shards 3, 4 and 5 of 5 are missing');
    await expect(mergeParts([one!, two!, one!])).rejects.toThrow(`${one} and ${one} are both shard 1 of 5`);
    await expect(mergeParts([])).rejects.toThrow('no parts');
  });

  it('names what differs in other work', async () => {
    const [one, other] = await shards(headerOf(8, [1, 2]), headerOf(8, [2, 2], 7));
    await expect(mergeParts([one!, other!])).rejects.toThrow(
      `${other} is of other work than ${one}: settings.seed is 7, not 1`,
    );
    const more = await shards(headerOf(8, [2, 3]));
    await expect(mergeParts([one!, more[0]!])).rejects.toThrow('shards is 3, not 2');
  });

  it('names a file that is cut off, by its parts', async () => {
    const [one, two] = await shards(headerOf(8, [1, 2]), headerOf(8, [2, 2]));
    const text = await readFile(two!, 'utf8');
    await writeFile(two!, text.slice(0, text.length - 30));
    await expect(mergeParts([one!, two!])).rejects.toThrow(`${two} is not finished: it has 3 of its 4 parts`);
    await writeFile(two!, text.split('\n').toSpliced(2, 1).join('\n'));
    await expect(mergeParts([one!, two!])).rejects.toThrow(`${two} is not finished: it has 3 of its 4 parts`);
  });
});
