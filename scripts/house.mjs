/**
 * Measures the code base: rooms, files, shards, exported names, prose, tarball, start time.
 *
 *     npm run house                    # a table
 *     npm run house -- --json          # the same as JSON
 *     npm run house -- trust detail    # the files of src that name these options
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { limits as docsLimits, measureDocs } from './checkDocs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => join(root, path);
const text = (path) => readFileSync(at(path), 'utf8');

/** Limits that the code base keeps. */
export const limits = {
  rooms: 13,
  shardShare: 0.08,
  rootNames: 60,
  tarballFiles: 400,
  helpSeconds: 0.2,
};

/** TypeScript files below a folder, declarations left out, from the root of the repository. */
function typescriptFiles(folder) {
  if (!existsSync(at(folder))) return [];
  return readdirSync(at(folder), { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => /(?<!\.d)\.ts$/.test(file) && !/(^|\/)(node_modules|dist)\//.test(file))
    .sort();
}

/** For each file, the files that import it. */
function importersOf(files) {
  const importers = new Map(files.map((file) => [file, []]));
  for (const file of files) {
    const imported = ts.preProcessFile(text(file), true, true).importedFiles.map(({ fileName }) => fileName);
    for (const name of new Set(imported.filter((name) => name.startsWith('.')))) {
      importers.get(join(dirname(file), name.replace(/\.js$/, '.ts')))?.push(file);
    }
  }
  return importers;
}

/** Files that the build takes as entries, by the name of what it writes. */
const builtEntries = () =>
  [...text('tsdown.config.ts').matchAll(/'?([\w/-]+)'?: '((?:src|paper)\/[^']+\.ts)'/g)].map(
    ([, name, file]) => ({
      name,
      file,
    }),
  );

/** Files of src whose only importer is a neighbor in the same folder, `index.ts` and entries of the build aside. */
function findShards() {
  const importers = importersOf([...typescriptFiles('src'), ...typescriptFiles('paper')]);
  const entries = new Set(builtEntries().map(({ file }) => file));
  return typescriptFiles('src').flatMap((file) => {
    const [importer, ...more] = importers.get(file);
    if (importer === undefined || more.length > 0 || entries.has(file)) return [];
    if (dirname(importer) !== dirname(file) || basename(importer) === 'index.ts') return [];
    return [{ file, importer }];
  });
}

/** Basenames that several files of src share, `index.ts` aside. */
function repeatedBasenames() {
  const byName = new Map();
  for (const file of typescriptFiles('src')) {
    const name = basename(file);
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  return [...byName]
    .filter(([name, files]) => name !== 'index.ts' && files.length > 1)
    .map(([, files]) => files);
}

/** Shape of src. Reads files only, so a unit test may ask for it. */
export function measureShape() {
  const rooms = readdirSync(at('src')).filter((name) => statSync(at(`src/${name}`)).isDirectory());
  const files = typescriptFiles('src');
  const shards = findShards();
  return {
    rooms: rooms.length,
    files: files.length,
    shards,
    shardShare: shards.length / files.length,
    repeatedBasenames: repeatedBasenames(),
  };
}

const size = (folder) => {
  const files = typescriptFiles(folder);
  return {
    files: files.length,
    lines: files.reduce((sum, file) => sum + text(file).split('\n').length - 1, 0),
  };
};

/** Entries of the library: what tsdown builds and package.json exports. */
function entries() {
  const exported = JSON.stringify(JSON.parse(text('package.json')).exports);
  return builtEntries().filter(({ name }) => exported.includes(`./dist/${name}.js"`));
}

/** Number of names that each entry exports, types included. */
export function exportedNames() {
  const { config } = ts.readConfigFile(at('tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const found = entries();
  const program = ts.createProgram(
    found.map(({ file }) => at(file)),
    options,
  );
  const checker = program.getTypeChecker();
  return Object.fromEntries(
    found.map(({ name, file }) => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(at(file)));
      return [name, checker.getExportsOfModule(module).length];
    }),
  );
}

/** Doc comments of src, and those that open with a question word. */
function docComments() {
  const openings = typescriptFiles('src').flatMap((file) =>
    [...text(file).matchAll(/\/\*\*[\s*]*([A-Za-z`]+)/g)].map(([, word]) => word),
  );
  const questions = openings.filter((word) => /^(What|Where|How|Whether|Who|Which)$/.test(word));
  return { total: openings.length, questions: questions.length };
}

function tarball() {
  const [pack] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' }),
  );
  return { files: pack.entryCount, bytes: pack.size, unpackedBytes: pack.unpackedSize };
}

/** Median wall time of five runs of node, in seconds. */
function medianSeconds(args) {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    execFileSync(process.execPath, args, { cwd: root, stdio: 'ignore' });
    return (performance.now() - start) / 1000;
  });
  return times.sort((a, b) => a - b)[2];
}

/** Files of src that name an option. */
const filesNaming = (option) =>
  typescriptFiles('src').filter((file) => new RegExp(`\\b${option}\\b`).test(text(file)));

function measure(options) {
  const built = existsSync(at('dist/cli/main.js'));
  return {
    ...measureShape(),
    sizes: Object.fromEntries(['src', 'paper', 'packages'].map((folder) => [folder, size(folder)])),
    exportedNames: exportedNames(),
    docComments: docComments(),
    pages: measureDocs(),
    ...(built && {
      tarball: tarball(),
      helpSeconds: medianSeconds(['dist/cli/main.js', '--help']),
      importSeconds: medianSeconds(['--input-type=module', '--eval', "await import('fewshot-atnl')"]),
    }),
    options: Object.fromEntries(options.map((option) => [option, filesNaming(option)])),
  };
}

function rowsOf(measured) {
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const number = (count) => count.toLocaleString('en-US');
  const { shards, docComments: comments, pages, tarball: pack } = measured;
  const rows = [
    ['rooms in src', measured.rooms, limits.rooms],
    ...Object.entries(measured.sizes).map(([folder, { files, lines }]) => [
      `TypeScript in ${folder}`,
      `${number(files)} files, ${number(lines)} lines`,
    ]),
    ['shards', `${shards.length} (${percent(measured.shardShare)})`, percent(limits.shardShare)],
    ['repeated basenames', measured.repeatedBasenames.length, 0],
    ...Object.entries(measured.exportedNames).map(([entry, names]) => [
      `names of ${entry}`,
      names,
      entry === 'index' ? limits.rootNames : undefined,
    ]),
    [
      'README',
      `${number(pages.readme.words)} words, ${pages.readme.decimals} decimals`,
      `${number(docsLimits.readmeWords)} words`,
    ],
    ['docs', `${number(pages.docs.words)} words`, `${number(docsLimits.docsWords)} words`],
    [
      'doc comments that open with a question word',
      `${comments.questions} of ${number(comments.total)} (${percent(comments.questions / comments.total)})`,
    ],
  ];
  if (pack === undefined) rows.push(['tarball, start time', 'not built']);
  else {
    rows.push(
      [
        'tarball',
        `${number(pack.files)} files, ${(pack.bytes / 1e6).toFixed(1)} MB`,
        `${limits.tarballFiles} files`,
      ],
      ['fewshot --help', `${measured.helpSeconds.toFixed(2)} s`, `${limits.helpSeconds} s`],
      ["import('fewshot-atnl')", `${measured.importSeconds.toFixed(2)} s`],
    );
  }
  for (const [option, files] of Object.entries(measured.options)) {
    rows.push([`files of src that name ${option}`, files.length]);
  }
  return rows;
}

function print(measured) {
  const rows = [['', 'now', 'at most'], ...rowsOf(measured)].map((row) =>
    row.map((cell) => String(cell ?? '')),
  );
  const widths = [0, 1].map((i) => Math.max(...rows.map((row) => row[i].length)));
  for (const [name, now, most = ''] of rows) {
    console.log(`${name.padEnd(widths[0])}  ${now.padEnd(widths[1])}  ${most}`.trimEnd());
  }
  const list = (title, lines) => {
    if (lines.length > 0) console.log(`\n${title}\n${lines.map((line) => `  ${line}`).join('\n')}`);
  };
  list(
    'shards',
    measured.shards.map(({ file, importer }) => `${file} <- ${basename(importer)}`),
  );
  list(
    'repeated basenames',
    measured.repeatedBasenames.map((files) => files.join(' ')),
  );
  for (const [option, files] of Object.entries(measured.options)) list(option, files);
}

if (process.argv[1] !== undefined && relative(process.argv[1], fileURLToPath(import.meta.url)) === '') {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'boolean' } },
    allowPositionals: true,
  });
  const measured = measure(positionals);
  if (values.json) console.log(JSON.stringify(measured, null, 2));
  else print(measured);
}
