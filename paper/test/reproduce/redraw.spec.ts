import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExhibitName, exhibitNames } from '../../reproduce/exhibits.js';
import { redraw } from '../../reproduce/reproduce.js';

const results = fileURLToPath(new URL('../../results', import.meta.url));

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'redraw-'));
});
afterEach(() => rm(out, { recursive: true }));

const read = (name: string) => readFile(join(out, name), 'utf8');
const write = (name: string, content: unknown) =>
  writeFile(join(out, name), typeof content === 'string' ? content : JSON.stringify(content));
const take = (name: ExhibitName) => cp(join(results, `${name}.json`), join(out, `${name}.json`));

/** Writes a kept result with a change, and expects it to be refused and nothing to be written. */
async function expectRefusal(name: ExhibitName, change: (result: never) => void, ...says: string[]) {
  const result = JSON.parse(await readFile(join(results, `${name}.json`), 'utf8'));
  change(result as never);
  await write(`${name}.json`, result);
  const refused = redraw({ names: [name], out });
  for (const words of says) await expect(refused).rejects.toThrow(words);
  await expect(refused).rejects.toMatchObject({ name: 'DataError', hint: expect.any(String) });
  expect(await readdir(out)).toEqual([`${name}.json`]);
}

/** A small result of Figure 6. */
const image = Buffer.from([0, 50, 100, 255]).toString('base64');
const small6 = {
  schema: 'fewshot.figure6/1',
  command: 'fewshot reproduce figure6',
  scale: 'quick',
  seeds: [1],
  backend: 'wasm',
  versions: {},
  shape: [2, 2, 1],
  omegas: [0, 0.5, 1],
  pairs: [['1', '7']],
  ends: [[image, image]],
  classifierAccuracy: 0.98,
  rows: [
    {
      ...{ name: 'AE', learner: 'ae', path: 'lerp', meanDistance: 0.01, smoothness: null },
      ...{ labelKept: 0.9, labelKept95: [0.8, 0.95], images: [[image, image, image]] },
    },
  ],
};

describe('redraw', () => {
  it('draws what paper/results holds, to the letter', async () => {
    const there = await readdir(results);
    const names = exhibitNames.filter((name) => there.includes(`${name}.json`));
    expect(names).toEqual(expect.arrayContaining(['table1', 'figure1', 'figure5']));
    for (const name of names) await take(name);
    const files = await redraw({ names, out });
    expect((await readdir(out)).sort()).toEqual(
      [...names.map((name) => `${name}.json`), ...files.map((file) => file.slice(out.length + 1))].sort(),
    );
    for (const file of files) {
      const name = file.slice(out.length + 1);
      const kept = await readFile(join(results, name), 'utf8');
      expect(kept === (await read(name)), `${name}: fewshot reproduce ${name.split(/[-.]/)[0]} --draw`).toBe(
        true,
      );
    }
  });

  it('replaces what was drawn before, and leaves the result as it was', async () => {
    await take('table1');
    const result = await read('table1.json');
    await write('table1.svg', 'old');
    expect(await redraw({ names: ['table1'], out })).toEqual([
      join(out, 'table1.md'),
      join(out, 'table1.svg'),
    ]);
    expect(await read('table1.svg')).toContain('VAE-TL');
    expect(await read('table1.json')).toBe(result);
  });

  it('draws rows of images', async () => {
    await write('figure6.json', small6);
    await redraw({ names: ['figure6'], out });
    expect((await readdir(out)).sort()).toEqual(['figure6-1-7.svg', 'figure6.json', 'figure6.md']);
    expect((await read('figure6-1-7.svg')).match(/data:image/g)).toHaveLength(5);
  });

  it('writes nothing at all when one of several results is missing', async () => {
    await take('table1');
    const refused = redraw({ names: ['table1', 'figure1'], out });
    await expect(refused).rejects.toThrow(`cannot read ${join(out, 'figure1.json')}: no such file or folder`);
    await expect(refused).rejects.toMatchObject({ hint: 'Make it with `fewshot reproduce figure1`.' });
    expect(await readdir(out)).toEqual(['table1.json']);
  });

  it.each([
    ['cut off', '{"schema":"fewshot.table1/1","rows":[', 'is not JSON: it is damaged or cut off'],
    ['of another kind', 'null', 'has the schema undefined, not "fewshot.table1/1"'],
    [
      'of another version',
      { schema: 'fewshot.table1/2' },
      'has the schema "fewshot.table1/2", not "fewshot.table1/1"',
    ],
  ])('refuses a file that is %s', async (_, content, says) => {
    await write('table1.json', content);
    const refused = redraw({ names: ['table1'], out });
    await expect(refused).rejects.toThrow(`${join(out, 'table1.json')} ${says}`);
    expect(await readdir(out)).toEqual(['table1.json']);
  });

  it('refuses results that lack something, and names it', async () => {
    interface Rows {
      rows: Record<string, unknown>[];
    }
    await expectRefusal('table1', ({ rows }: Rows) => delete rows[2]!.mean, 'rows.2.mean', 'table1.json');
    await expectRefusal(
      'table1',
      ({ rows }: Rows) => rows.splice(0, 1),
      'table1.json cannot be drawn: the result has no row with dataset mnist, learner ae, classifier knn',
    );
    await rm(join(out, 'table1.json'));
    await expectRefusal('figure1', ({ rows }: Rows) => rows.pop(), 'no row with learner atnl');
    await rm(join(out, 'figure1.json'));
    await expectRefusal(
      'figure5',
      (result: { classes: object }) => {
        result.classes = {};
      },
      'classes.mnist',
    );
    await expectRefusal(
      'figure5',
      ({ rows }: Rows) => {
        rows[0]!.labels = [];
      },
      'the panel AE has 1500 points, but 0 labels',
    );
  });

  it('refuses rows of images of which some are cut off', async () => {
    for (const change of [{ ends: [] }, { shape: [3, 3, 1] }, { omegas: [0, 1] }]) {
      await write('figure6.json', { ...small6, ...change });
      await expect(redraw({ names: ['figure6'], out })).rejects.toThrow('images are missing or cut off');
    }
  });
});
