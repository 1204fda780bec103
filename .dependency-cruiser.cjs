/** Floors of the architecture (docs/architecture.md): a room imports only from lower floors, or from the rooms listed. */
const mayImport = {
  core: [],
  sphere: ['core'],
  backend: ['core'],
  losses: ['core', 'sphere'],
  models: ['core', 'sphere', 'losses'],
  files: ['core', 'models'],
  optimize: [],
  training: ['core', 'sphere', 'losses', 'models', 'optimize'],
  data: ['core'],
  threads: [],
  faces: ['core', 'data', 'threads'],
  metrics: ['core', 'data'],
  augment: ['core', 'sphere', 'models', 'stream'],
  stream: ['core'],
  pipeline: ['core', 'models', 'augment', 'stream'],
  node: ['core', 'stream'],
  classify: ['core', 'stream', 'optimize'],
  embed: ['core'],
  report: ['core', 'models', 'data', 'evaluate'],
};
// Evaluation uses every room below it, and what makes model files uses evaluation too.
mayImport.evaluate = Object.keys(mayImport).filter((room) => room !== 'report');
mayImport.produce = [...mayImport.evaluate, 'evaluate'];
mayImport.reproduce = [...mayImport.produce, 'produce', 'report'];
const browserSafe = [
  'core',
  'sphere',
  'losses',
  'models',
  'augment',
  'stream',
  'pipeline',
  'classify',
  'optimize',
  'embed',
];
/** These rooms have a part of each kind. Browsers come in by `browser.ts`, and must not reach the part for Node. */
const nodeParts = [
  'backend/(index|select|native|nativeKernels)',
  'files/(index|loadModel|atomicWrite|keptParts|leftovers|lock|processes)',
].join('|');

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'browser-safe',
      comment: 'These rooms run in a browser: no node: import.',
      severity: 'error',
      from: { path: `^src/(${browserSafe.join('|')})/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'browser-safe-parts',
      comment: 'What is not a part for Node runs in a browser: no node: import.',
      severity: 'error',
      from: { path: '^src/(backend|files)/', pathNot: `^src/(${nodeParts})\\.ts$` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'browser-entry',
      comment: 'The entry for browsers reaches browser-safe code alone.',
      severity: 'error',
      from: { path: '^src/browser\\.ts$' },
      to: {
        path: `^src/((?!(${browserSafe.join('|')}|backend|files)/)[^/]+/|(${nodeParts})\\.ts$)`,
        reachable: true,
      },
    },
    ...Object.entries(mayImport).map(([room, allowed]) => ({
      name: `floor-${room}`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: {
        path: '^src/',
        pathNot: `^src/((${[room, ...allowed].join('|')})/|version\\.ts$|backend/wasm/assembler\\.ts$)`,
      },
    })),
    {
      name: 'evaluate-below-cli',
      severity: 'error',
      from: { path: '^src/(evaluate|report)/' },
      to: { path: '^src/cli/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
