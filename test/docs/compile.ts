import { join } from 'node:path';
import ts from 'typescript';
import { asGlobals, givenInComments, givenOnPages } from './given.js';
import { type CodeBlock, read, repository } from './markdown.js';

/** Where the blocks seem to lie, so that packages are found from there. Nothing is written. */
const folder = join(repository, 'test', 'docs', '.blocks');

/** What Vite makes of imports that are not code. */
const assets = `declare module '*?url' { const url: string; export default url; }\n`;

/** Parameters of JavaScript have no types, which is no fault of an example. */
const faultsOfJavaScript = new Set([7005, 7006, 7018, 7019, 7031, 7034]);

function optionsOfProject(): ts.CompilerOptions {
  const { config } = ts.parseConfigFileTextToJson('tsconfig.json', read('tsconfig.json'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, repository);
  return {
    ...options,
    // An example may import what only its reader goes on to use.
    noUnusedLocals: false,
    noUnusedParameters: false,
    // Few projects have it on, and in JavaScript there is no way to answer it.
    noUncheckedIndexedAccess: false,
    allowJs: true,
    checkJs: true,
    isolatedModules: false,
    baseUrl: repository,
    paths: {
      'fewshot-atnl': ['src/index.ts'],
      'fewshot-atnl/node': ['src/index.ts'],
      'fewshot-atnl/browser': ['src/browser.ts'],
      'fewshot-atnl/sphere': ['src/sphere/index.ts'],
      'fewshot-atnl/losses': ['src/training/losses/index.ts'],
      'fewshot-atnl/models': ['src/training/index.ts'],
      'fewshot-atnl/features': ['src/features.ts'],
      'fewshot-atnl/data': ['src/node/index.ts'],
      'fewshot-atnl/evaluate': ['src/evaluate/index.ts'],
      'fewshot-atnl/paper': ['paper/index.ts'],
    },
  };
}

/**
 * Compiles code blocks, each as a module of its own, against the sources of this package. Gives one line for each fault,
 * with the file and line of the page.
 */
export function faultsOf(blocks: readonly CodeBlock[]): string[] {
  const modules = new Map<string, CodeBlock>(
    blocks.map((block, i) => [join(folder, `${i}.${block.language}`), block]),
  );
  const texts = new Map<string, string>([
    [join(folder, 'assets.d.ts'), assets],
    [join(folder, 'given.ts'), givenOnPages()],
    [join(folder, 'givenInComments.ts'), asGlobals({ code: givenInComments })],
    // The last line makes a module of code without imports.
    ...[...modules].map(([path, { code }]): [string, string] => [path, `${code}\nexport {};\n`]),
  ]);
  const options = optionsOfProject();
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile(path, language, ...rest)
      : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].flatMap((path) => {
    const source = program.getSourceFile(path)!;
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found
      .filter(({ code }) => !(path.endsWith('.js') && faultsOfJavaScript.has(code)))
      .map(({ start, messageText }) => {
        const { line } = ts.getLineAndCharacterOfPosition(source, start ?? 0);
        const block = modules.get(path);
        const place = block === undefined ? `${path}:${line + 1}` : `${block.file}:${block.line + line}`;
        return `${place}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      });
  });
}
