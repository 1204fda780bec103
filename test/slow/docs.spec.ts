import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow } from '../../scripts/checkDocs.mjs';
import { type CodeBlock, codeBlocks, repository } from '../docs/markdown.js';
import { letters, writeFont } from '../node/fontFiles.js';

const execute = promisify(execFile);

/** Pages whose examples need a browser, or are no program. */
const others = ['docs/README.md', 'docs/browsers.md'];
/** Files that only a reader has. */
const ofReader = /\.onnx'/;
const codeOf = (page: string) =>
  codeBlocks(page).filter(
    ({ language, code }) => (language === 'js' || language === 'ts') && !ofReader.test(code),
  );
const runnable = ['README.md', ...filesBelow('docs', '.md')].filter(
  (page) => !others.includes(page) && codeOf(page).length > 0,
);

let folder: string;

/** A project that has this package installed: the built one, by a link. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fewshot-docs-'));
  const packages = join(folder, 'node_modules');
  await mkdir(join(packages, '@tensorflow'), { recursive: true });
  await mkdir(join(packages, '@tensorflow-models'));
  await symlink(repository, join(packages, 'fewshot-atnl'));
  for (const name of ['rxjs', '@tensorflow/tfjs', '@tensorflow-models/knn-classifier']) {
    await symlink(join(repository, 'node_modules', name), join(packages, name));
  }
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await cp(new URL('docs/given.mjs', import.meta.url), join(folder, 'given.mjs'));
  await mkdir(join(folder, 'fonts'));
  // Thai letters.
  await writeFont(join(folder, 'fonts'), 'Crossed-Regular.otf', letters(0xe01, 20));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function javascript({ code, language }: CodeBlock): string {
  if (language === 'js') return code;
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}

describe('examples', () => {
  it('are on most pages', () => {
    expect(runnable.length).toBeGreaterThan(10);
  });

  it.each(runnable)('of %s run', async (page) => {
    const blocks = codeOf(page);
    const files = blocks.map(({ line }) => `./${page.replace(/\W/g, '-')}-${line}.mjs`);
    for (const [i, block] of blocks.entries())
      await writeFile(join(folder, files[i]!), `${javascript(block)}\n`);
    const { stdout } = await execute(process.execPath, ['given.mjs', ...files], {
      cwd: folder,
      maxBuffer: 1 << 26,
    });
    for (const file of files) expect(stdout).toContain(`ran ${file}`);
  });

  it('of the README leave no tensors behind but those of the encoder', async () => {
    const [block] = codeBlocks('README.md').filter(({ language }) => language === 'js');
    await writeFile(join(folder, 'once.mjs'), javascript(block!));
    await writeFile(join(folder, 'twice.mjs'), javascript(block!));
    const { stdout } = await execute(process.execPath, ['given.mjs', './once.mjs', './twice.mjs'], {
      cwd: folder,
      maxBuffer: 1 << 26,
    });
    const weightsOfEncoder = 18;
    expect(stdout).toContain(`ran ./twice.mjs, which left ${weightsOfEncoder} tensors`);
  });
});

describe('the API reference', () => {
  it('is made without a warning', async () => {
    const out = join(folder, 'api');
    const { stdout, stderr } = await execute(
      join(repository, 'node_modules', '.bin', 'typedoc'),
      ['--out', out],
      { cwd: repository },
    );
    expect(stdout + stderr).toContain('html generated');
    expect(stdout + stderr).not.toMatch(/warning/i);
  });
});
