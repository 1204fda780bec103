import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.js';
import { outstanding } from '../../reproduce/outstanding.js';

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'fewshot-outstanding-'));
});
afterEach(() => rm(out, { recursive: true, force: true }));

const headOf = (name: string) => ({
  schema: `fewshot.${name}/1`,
  command: `fewshot reproduce ${name}`,
  scale: 'full' as const,
  seeds: [1, 2],
  backend: 'wasm',
  versions: { tfjs: '4.22.0' },
});
const write = (name: string, changes: object = {}) =>
  writeFile(join(out, `${name}.json`), JSON.stringify({ ...headOf(name), ...changes, rows: [] }));

/** What is to be made, and what stays. */
async function ask(names: readonly string[], { force = false, extend = false } = {}) {
  const kept: string[] = [];
  const found = await outstanding({ names, out, force, extend, headOf, onKept: (file) => kept.push(file) });
  const wanted = found.map(({ name }) => name);
  return { wanted, kept };
}

describe('outstanding', () => {
  it('wants all where nothing is there', async () => {
    expect(await ask(['a', 'b'])).toEqual({ wanted: ['a', 'b'], kept: [] });
  });

  it('leaves what the same command wrote before it was cut off', async () => {
    await write('a');
    expect(await ask(['a', 'b'])).toEqual({ wanted: ['b'], kept: [join(out, 'a.json')] });
  });

  it.each([
    ['schema', 'fewshot.a/2'],
    ['command', 'fewshot reproduce a --quick'],
    ['scale', 'quick'],
    ['seeds', [1]],
    ['backend', 'native'],
    ['versions', { tfjs: '4.21.0' }],
  ])('refuses a result of another %s', async (key, value) => {
    await write('a', { [key]: value });
    await expect(ask(['a', 'b'])).rejects.toThrow(UsageError);
    await expect(ask(['a', 'b'])).rejects.toThrow(`${join(out, 'a.json')} exists already`);
  });

  it.each(['null', '{', '[]', ''])('refuses a file that holds %j', async (content) => {
    await writeFile(join(out, 'a.json'), content);
    await expect(ask(['a', 'b'])).rejects.toThrow(`${join(out, 'a.json')} exists already`);
  });

  it('refuses what is there but cannot be read', async () => {
    await symlink('a.json', join(out, 'a.json'));
    await expect(ask(['a', 'b'])).rejects.toThrow(`${join(out, 'a.json')} exists already`);
  });

  it('refuses when nothing is left to be made', async () => {
    await write('a');
    await write('b');
    await expect(ask(['a'])).rejects.toThrow(`${join(out, 'a.json')} exists already`);
    await expect(ask(['a', 'b'])).rejects.toThrow(UsageError);
  });

  it('wants what is there too when it is to be extended, if it was made the same way', async () => {
    await write('a');
    expect(await ask(['a', 'b'], { extend: true })).toEqual({ wanted: ['a', 'b'], kept: [] });
    const options = { out, force: false, extend: true, headOf };
    expect(await outstanding({ names: ['a', 'b'], ...options })).toEqual([
      { name: 'a', before: join(out, 'a.json') },
      { name: 'b' },
    ]);
    await write('a', { backend: 'native' });
    await expect(ask(['a'], { extend: true })).rejects.toThrow(`${join(out, 'a.json')} exists already`);
  });

  it('wants all by force', async () => {
    await write('a');
    expect(await ask(['a', 'b'], { force: true })).toEqual({ wanted: ['a', 'b'], kept: [] });
  });
});
