import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packInto, repository, run as runIn } from './packed.js';

const source = join(repository, 'examples', 'notebooks');
const notebooks = (await readdir(source)).filter((file) => file.endsWith('.ipynb')).sort();
/** Store what was computed instead of comparing with it. */
const update = process.env.UPDATE_NOTEBOOKS === '1';

interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string | string[];
  readonly data?: Readonly<Record<string, string | string[]>>;
}
interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly metadata: object;
    readonly source: string | string[];
    readonly outputs?: Output[];
  }[];
}

const joined = (text: string | string[] = '') => (Array.isArray(text) ? text.join('') : text);
const readNotebook = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as Notebook;
const outputsOf = ({ cells }: Notebook) => cells.flatMap(({ outputs = [] }) => outputs);
const printed = (notebook: Notebook) =>
  outputsOf(notebook)
    .filter(({ output_type, name }) => output_type === 'stream' && name === 'stdout')
    // Accuracies of trained nets, as the last bits of a training differ between machines.
    .map(({ text }) => joined(text).replace(/[+−]?\d+\.\d+ ± \d+\.\d+ */g, '… '));
/** The kind of each picture, in order. */
const pictures = (notebook: Notebook) =>
  outputsOf(notebook).flatMap(({ data = {} }) =>
    Object.keys(data).filter((kind) => kind === 'image/png' || joined(data[kind]).startsWith('<svg')),
  );

let folder: string;
const run = (command: string, args: string[]) => {
  const path = [join(folder, 'node_modules', '.bin'), join(folder, 'venv', 'bin'), process.env.PATH].join(
    ':',
  );
  return runIn(command, args, folder, {
    ...process.env,
    PATH: path,
    VIRTUAL_ENV: '',
    FEWSHOT_BACKEND: '',
  });
};

/** A fresh folder with the notebooks, the packed package, tslab and Jupyter. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-notebooks-'));
  await cp(source, folder, { recursive: true });
  const tarball = await packInto(folder);
  await run('npm', ['install', '--no-audit', '--no-fund', tarball]);
  await run('python3', ['-m', 'venv', 'venv']);
  await run('venv/bin/pip', ['install', '--quiet', '--requirement', 'requirements.txt']);
  const kernel = join(folder, 'node_modules', '.bin', 'tslab');
  await run('tslab', ['install', '--python', 'venv/bin/python', '--binary', kernel, '--sys-prefix']);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(notebooks)('the notebook %s', (name) => {
  let stored: Notebook;
  let executed: Notebook;

  beforeAll(async () => {
    stored = await readNotebook(join(source, name));
    // It fails where a cell throws.
    await run('jupyter', ['nbconvert', '--to', 'notebook', '--execute', '--inplace', name]);
    executed = await readNotebook(join(folder, name));
    // Without times; what a lesson asks to predict stays folded.
    for (const [i, cell] of executed.cells.entries())
      Object.assign(cell, { metadata: stored.cells[i]!.metadata });
    if (!update) return;
    await writeFile(join(folder, name), `${JSON.stringify(executed, null, 1)}\n`);
    await copyFile(join(folder, name), join(source, name));
    stored = executed;
  }, 600_000);

  it('prints what is stored, and no errors', () => {
    expect(printed(executed)).toEqual(printed(stored));
    expect(printed(executed).length).toBeGreaterThan(1);
    const wrong = outputsOf(executed).filter(
      ({ output_type, name: stream }) => output_type === 'error' || stream === 'stderr',
    );
    expect(wrong).toEqual([]);
  });

  it('draws the pictures that are stored', () => {
    expect(pictures(executed)).toEqual(pictures(stored));
    expect(pictures(executed).length).toBeGreaterThan(0);
  });

  it('has cells that fit on a screen', () => {
    for (const { cell_type, source } of executed.cells) {
      if (cell_type === 'code')
        expect(joined(source).split('\n').length, joined(source)).toBeLessThanOrEqual(17);
    }
  });
});
