import { readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { keptParts } from '../../src/node/keptParts.js';
import { ownFolder } from './folder.js';

const at = ownFolder();

describe('keptParts', () => {
  it('makes a part once for a name and a key', async () => {
    let made = 0;
    const make = async () => ({ numbers: [0.1 + 0.2, ++made] });
    const first = await keptParts(at('parts'))('one', { of: 1 }, make);
    const again = keptParts(at('parts'));
    expect(await again('one', { of: 1 }, make)).toEqual(first);
    expect(made).toBe(1);
    await again('one', { of: 2 }, make);
    await again('other', { of: 2 }, make);
    expect(made).toBe(3);
    expect((await readdir(at('parts'))).sort()).toEqual(['one.json', 'other.json']);
  });

  it('recognizes a key whose properties are in another order', async () => {
    const keep = keptParts(at());
    await keep('part', { shots: 5, of: { a: 1, b: [1, 2] } }, async () => 1);
    expect(await keep('part', { of: { b: [1, 2], a: 1 }, shots: 5 }, async () => 2)).toBe(1);
    expect(await keep('part', { of: { b: [2, 1], a: 1 }, shots: 5 }, async () => 2)).toBe(2);
  });

  it('makes a part again whose file is damaged', async () => {
    const keep = keptParts(at());
    await keep('part', 'key', async () => 1);
    await writeFile(at('part.json'), (await readFile(at('part.json'), 'utf8')).slice(0, 5));
    expect(await keep('part', 'key', async () => 2)).toBe(2);
  });

  it('keeps nothing of a part that fails', async () => {
    const keep = keptParts(at());
    await expect(keep('part', 'key', () => Promise.reject(new Error('cut off')))).rejects.toThrow('cut off');
    expect(await readdir(at())).toEqual([]);
  });
});
