import { chmodSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as core from '@tensorflow/tfjs-core';
import { defineConfig, type UserConfig } from 'tsdown';

/** What users import: the root, its build for browsers, and subpaths. */
const library = {
  index: 'src/index.ts',
  browser: 'src/browser.ts',
  sphere: 'src/sphere/index.ts',
  losses: 'src/training/losses/index.ts',
  models: 'src/training/index.ts',
  features: 'src/features.ts',
  data: 'src/node/index.ts',
  dataInBrowser: 'src/data/index.ts',
  evaluate: 'src/evaluate/index.ts',
  paper: 'paper/index.ts',
};

/** What starts in Node by itself: the command line, and worker threads. */
const programs = {
  'cli/main': 'src/cli/main.ts',
  'cli/program': 'src/cli/program.ts',
  'cli/config': 'src/cli/config.ts',
  'workers/augment': 'src/cli/produce/augment/augmentWorker.ts',
  'workers/work': 'src/cli/machines/workChild.ts',
  'workers/evaluate': 'src/evaluate/evaluationWorker.ts',
  'workers/faces': 'paper/faces/worker.ts',
};

const shared = {
  platform: 'node',
  target: 'node20',
  dts: true,
  failOnWarn: true,
  inputOptions: { checks: { pluginTimings: false } },
  // No source maps: the code is readable as it is, and they would be a quarter of the files.
  tsconfig: 'tsconfig.json',
} satisfies UserConfig;

/** A workspace of this repository; its code goes into the bundle. */
const own = /^tfjs-wasm-training/;
/** Packages without CommonJS, which Node requires from 22.12 on alone. */
const modulesAlone = /^(fast-png|iobuffer)$/;

/**
 * Lets Node start fast. TensorFlow.js and RxJS are CommonJS there, and importing that takes longer than requiring it: Node parses megabytes
 * of text to find the names. So a program that imports this package gets the CommonJS build, by a module that names its exports.
 */
const commonInNode: NonNullable<UserConfig['plugins']> = {
  name: 'common-in-node',
  renderChunk: (code, { fileName }) =>
    fileName.endsWith('.cjs')
      ? code
          .replace(
            // Bundlers leave a package out that is not installed where its import is caught, but not where it is required.
            /\bimport\(("@tensorflow\/(?!tfjs-backend-webgpu")[^"]+")\)/g,
            (_, name) => `Promise.resolve().then(() => require(${name}))`,
          )
          // Copies hundreds of names for the sake of one, `default`.
          .replace(/^(\w+) = require_chunk\.__toESM\(\1\);\n/gm, (line, variable) =>
            code.includes(`${variable}.default`) ? line : '',
          )
      : null,
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk' || !chunk.isEntry || !chunk.fileName.endsWith('.cjs')) continue;
      const { name } = chunk;
      if (name === 'dataInBrowser') continue;
      const isProgram = name in programs;
      const from = isProgram ? `./${name.split('/')[1]}.cjs` : importedAs(name);
      const names = chunk.exports.filter((one) => one !== 'default');
      const hasDefault = names.length < chunk.exports.length;
      const lines = [
        ...(name === 'cli/main' ? ['#!/usr/bin/env node'] : []),
        `import ${name === 'cli/main' ? 'module, ' : ''}{ createRequire } from 'node:module';`,
        // Node keeps compiled code from 22.8 on. Whether a library does is up to the program.
        ...(name === 'cli/main' ? ['module.enableCompileCache?.();'] : []),
        'const require = createRequire(import.meta.url);',
        `${chunk.exports.length > 0 ? 'const common = ' : ''}require('${from}');`,
        ...(names.length > 0 ? [`export const { ${names.join(', ')} } = common;`] : []),
        ...(hasDefault ? ['export default common.default;'] : []),
      ];
      const fileName = isProgram ? `${name}.js` : `node/${name}.js`;
      this.emitFile({ type: 'asset', fileName, source: `${lines.join('\n')}\n` });
    }
  },
  writeBundle({ dir }, bundle) {
    if ('cli/main.js' in bundle) chmodSync(`${dir}/cli/main.js`, 0o755);
  },
};

/** An entry of the library as other packages import it. */
const importedAs = (name: string) => (name === 'index' ? 'fewshot-atnl' : `fewshot-atnl/${name}`);

/** Files of TensorFlow.js that add gradients and methods of tensors to its core. They are modules without endings, which Node refuses. */
const partsOfCore = ['register_all_gradients', 'public/chained_ops/register_all_chained_ops'].map(
  (name) => `@tensorflow/tfjs-core/dist/${name}.js`,
);
const gradients = 'gradients-alone';
const namesOfCore = new Set(Object.keys(core));

/** True for a file of the core whose exports the core has, too. */
function isInCore(file: string): boolean {
  // It passes on what other files export.
  if (file.endsWith('/ops/ops.js')) return true;
  const names = [
    ...readFileSync(file, 'utf8').matchAll(/^export (?:const|function|class) (\w+)|^export .*/gm),
  ];
  return names.length > 0 && names.every(([, name]) => name !== undefined && namesOfCore.has(name));
}

/** Lets Node start with these parts, instead of all of TensorFlow.js. */
const gradientsAlone: NonNullable<UserConfig['plugins']> = {
  name: gradients,
  resolveId: {
    order: 'pre',
    handler(name, importer = '') {
      if (name === '@tensorflow/tfjs') return importer.endsWith('/src/backend/start.ts') ? gradients : null;
      if (!name.startsWith('.') || !importer.includes('/tfjs-core/dist/')) return null;
      return isInCore(`${join(dirname(importer), name)}.js`)
        ? { id: '@tensorflow/tfjs-core', external: true }
        : null;
    },
  },
  load: (id) =>
    id === gradients ? partsOfCore.map((name) => `import ${JSON.stringify(name)};`).join('\n') : null,
};

export default defineConfig([
  // Neutral, because rolldown gives Node a helper for `require` that bundlers for browsers stumble over.
  { ...shared, platform: 'neutral', entry: library, format: 'esm', fixedExtension: false, noExternal: [own] },
  {
    ...shared,
    entry: { ...library, ...programs },
    format: 'cjs',
    noExternal: [own, modulesAlone, /^@tensorflow\/tfjs-core\/dist\//],
    inlineOnly: false,
    // `import.meta.url` where there is `__filename` instead.
    shims: true,
    clean: false,
    outputOptions: { exports: 'named' },
    plugins: [gradientsAlone, commonInNode],
  },
]);
