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
  augment: ['core', 'sphere', 'models'],
  stream: ['core'],
  classify: ['core', 'stream', 'optimize'],
  report: ['core', 'evaluate'],
};
// Evaluation uses every room below it, and what makes model files uses evaluation too.
mayImport.evaluate = Object.keys(mayImport).filter((room) => room !== 'report');
mayImport.produce = [...mayImport.evaluate, 'evaluate'];
const browserSafe = ['core', 'sphere', 'losses', 'models', 'augment', 'stream', 'classify', 'optimize'];

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
    ...Object.entries(mayImport).map(([room, allowed]) => ({
      name: `floor-${room}`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '^src/', pathNot: `^src/((${[room, ...allowed].join('|')})/|version\\.ts$)` },
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
