import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fewshot } from '../fewshot.js';

const kept = fileURLToPath(new URL('../../../paper/results/table1.json', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reproduce-'));
});
afterEach(() => rm(folder, { recursive: true }));

// A backend that does not exist: whoever asks for one fails.
const reproduce = (...args: string[]) =>
  fewshot(['reproduce', ...args], { cwd: folder, env: { FEWSHOT_BACKEND: 'abacus' } });

describe('fewshot reproduce --draw', () => {
  it('draws from a result alone, without a backend, and says what it wrote', async () => {
    await cp(kept, join(folder, 'paper/results/table1.json'));
    expect(await reproduce('table1', '--draw')).toEqual({
      code: 0,
      stdout: 'paper/results/table1.md\npaper/results/table1.svg\n',
      stderr: '',
    });
    expect((await readdir(join(folder, 'paper/results'))).sort()).toEqual([
      'table1.json',
      'table1.md',
      'table1.svg',
    ]);
    expect(await readFile(join(folder, 'paper/results/table1.svg'), 'utf8')).toMatch(/^<svg/);
    expect(await readdir(folder)).toEqual(['paper']);
  });

  it('draws in the folder that is named, and in that of small runs', async () => {
    await cp(kept, join(folder, 'mine/table1.json'));
    expect((await reproduce('table1', '--draw', '--out', 'mine')).stdout).toBe(
      'mine/table1.md\nmine/table1.svg\n',
    );
    await cp(kept, join(folder, 'paper/results/quick/table1.json'));
    expect((await reproduce('table1', '--draw', '--quick')).stdout).toContain(
      'paper/results/quick/table1.svg\n',
    );
  });

  it('refuses a result that is missing or damaged', async () => {
    const missing = await reproduce('figure5', '--draw');
    expect(missing.stderr).toBe(
      'fewshot: cannot read paper/results/figure5.json: no such file or folder\n  Make it with `fewshot reproduce figure5`.\n',
    );
    expect([missing.code, missing.stdout]).toEqual([1, '']);
    await writeFile(join(folder, 'figure5.json'), '{"schema":');
    const damaged = await reproduce('figure5', '--draw', '--out', '.');
    expect(damaged.stderr).toContain('figure5.json is not JSON: it is damaged or cut off');
    expect(damaged.code).toBe(1);
    expect(await readdir(folder)).toEqual(['figure5.json']);
  });

  it('extends a table that has rows of its own, and nothing else', async () => {
    const { code, stderr } = await reproduce('table1', '--extend', '--backend', 'wasm');
    expect(stderr).toContain(
      'fewshot: table1 is made as a whole and cannot be extended\n  Replace it with --force.',
    );
    expect(code).toBe(2);
    expect(await readdir(folder)).toEqual([]);
    const both = await reproduce('table2', '--extend', '--force');
    expect(both.stderr).toContain("'--extend' cannot be used with option '--force'");
    expect(both.code).toBe(2);
  });

  it('refuses options of a run', async () => {
    for (const option of [
      ...[['--force'], ['--extend'], ['--backend', 'wasm'], ['--work', 'w'], ['--shard', '1/2']],
    ]) {
      const { code, stderr } = await reproduce('table1', '--draw', ...option);
      expect(stderr).toContain(`cannot be used with option '${option[0]}`);
      expect(code).toBe(2);
    }
  });
});

describe('fewshot reproduce --shard', () => {
  it('needs a folder of its own for its work, and writes no results', async () => {
    const shard = ['figure1', '--quick', '--shard', '1/2', '--backend', 'wasm'];
    const nowhere = await reproduce(...shard);
    expect(nowhere.stderr).toContain(
      'a shard needs a folder for its work (--work)\n  Name one for it alone by --work.',
    );
    expect(nowhere.code).toBe(2);
    for (const option of [['--force'], ['--extend'], ['--out', 'results']]) {
      const { code, stderr } = await reproduce(...shard, '--work', 'w', ...option);
      expect(stderr).toContain(`cannot be used with option '${option[0]}`);
      expect(code).toBe(2);
    }
    const many = await reproduce(...shard, '--shard', '3/9', '--work', 'w');
    expect(many.stderr).toContain('there are 2 parts, too few for 9 shards');
    await writeFile(join(folder, 'note.txt'), 'mine');
    const taken = await reproduce(...shard, '--work', '.');
    expect(taken.stderr).toContain('note.txt is there (--work)\n  Name a folder for this shard alone.');
    expect(taken.code).toBe(2);
    expect(await readdir(folder)).toEqual(['note.txt']);
  });
});
