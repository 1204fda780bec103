import * as rxjs from 'rxjs';
import { describe, expect, it } from 'vitest';
import * as paper from '../../paper/index.js';
import * as browser from '../../src/browser.js';
import * as evaluation from '../../src/evaluate/index.js';
import * as features from '../../src/features.js';
import * as fewshot from '../../src/index.js';
import * as data from '../../src/node/index.js';
import * as sphere from '../../src/sphere/index.js';
import * as models from '../../src/training/index.js';
import * as losses from '../../src/training/losses/index.js';
import { faultsOf } from './compile.js';
import { type CodeBlock, codeBlocks, jsdocBlocks, pages, programs, read, sources } from './markdown.js';

const isCode = ({ language }: CodeBlock) => language === 'ts' || language === 'js';
/** The folder of the program that a page tells of, with a slash at its end. */
const programOf = ({ file }: CodeBlock) => /^examples\/[^/]+\//.exec(file)?.[0];
const onPages = pages().flatMap((file) => codeBlocks(file));

const entries = [
  { from: 'fewshot-atnl', exports: fewshot },
  { from: 'fewshot-atnl/sphere', exports: sphere },
  { from: 'fewshot-atnl/losses', exports: losses },
  { from: 'fewshot-atnl/models', exports: models },
  { from: 'fewshot-atnl/features', exports: features },
  { from: 'fewshot-atnl/data', exports: data },
  { from: 'fewshot-atnl/evaluate', exports: evaluation },
  { from: 'fewshot-atnl/paper', exports: paper },
];

/**
 * Examples in JSDoc leave out the imports from this package and from RxJS: the names that occur are imported here, on
 * the example's first line.
 */
function withImports(block: CodeBlock): CodeBlock {
  const { file, code } = block;
  const own = /InBrowser\.ts$/.test(file) ? [{ from: 'fewshot-atnl/browser', exports: browser }] : entries;
  const taken = new Set<string>();
  const declared = (name: string) =>
    new RegExp(`(import [^;]*\\b${name}\\b[^;]* from|const ${name} =)`).test(code);
  const imports = [...own, { from: 'rxjs', exports: rxjs }].map(({ from, exports }) => {
    const names = Object.keys(exports).filter(
      (name) =>
        !taken.has(name) && !declared(name) && new RegExp(`(?<![.$\\w])${name}(?![$\\w:])`).test(code),
    );
    for (const name of names) taken.add(name);
    return names.length === 0 ? '' : `import { ${names.join(', ')} } from '${from}'; `;
  });
  return { ...block, code: imports.join('') + code };
}

describe('code blocks', () => {
  it('compile, on pages and in comments', () => {
    const inComments = sources().flatMap(jsdocBlocks).filter(isCode).map(withImports);
    const blocks = [...onPages.filter((block) => isCode(block) && !programOf(block)), ...inComments];
    expect(inComments.length).toBeGreaterThan(10);
    expect(faultsOf(blocks)).toEqual([]);
  });

  it('on the page of a program are lines of it', () => {
    const excerpts = onPages.filter((block) => isCode(block) && programOf(block));
    expect(excerpts.length).toBeGreaterThan(1);
    for (const block of excerpts) {
      const program = programs(programOf(block)!).flatMap((file) => read(file).split('\n'));
      const known = new Set(program.map((line) => line.trim()));
      expect(block.code.split('\n').filter((line) => !known.has(line.trim()))).toEqual([]);
    }
  });

  it('have a language', () => {
    const known = ['ts', 'js', 'sh', 'json', 'text', 'diff', 'html', 'yaml'];
    const others = onPages.filter(({ language }) => !known.includes(language));
    expect(others.map(({ file, line, language }) => `${file}:${line} ${language}`)).toEqual([]);
  });

  it('of JSON are JSON, and pipelines are pipelines', () => {
    for (const { file, line, language, code } of onPages) {
      if (language !== 'json') continue;
      const json = JSON.parse(code) as { schema?: unknown };
      if (json.schema !== 'fewshot.pipeline/1') continue;
      expect(() => fewshot.pipelineFromJSON(json, { model: anyModel }), `${file}:${line}`).not.toThrow();
    }
  });

  it('that are wrong are found, with their place', () => {
    const wrong = (language: string, code: string): CodeBlock => ({ file: 'x.md', line: 10, language, code });
    expect(
      faultsOf([
        wrong('ts', "import { nothing } from 'fewshot-atnl';"),
        wrong('ts', "import { hallucinate } from 'fewshot-atnl';\n\nhallucinate(model, { perclass: 1 });"),
        wrong('js', 'const x = [;'),
        wrong('js', 'photos.map((photo) => photo.label);'),
        wrong('ts', 'hallucinate(model, { ratio: 1 });'),
      ]),
    ).toEqual([
      expect.stringMatching(/^x\.md:10: .*no exported member 'nothing'/),
      expect.stringMatching(/^x\.md:12: .*'perclass'/),
      expect.stringMatching(/^x\.md:10: /),
      expect.stringMatching(/^x\.md:10: .*'hallucinate'/),
    ]);
  });
});

/** Pipelines are checked, not run: the model is never asked. */
const never = () => {
  throw new Error('the model was asked');
};
const anyModel = {
  imageShape: [28, 28, 1],
  digest: '',
  encode: never,
  decode: never,
} as unknown as fewshot.Model;
