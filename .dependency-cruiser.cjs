/** Floors of the architecture (docs/architecture.md): a room imports only from the rooms named here. */
const mayImport = {
  core: [],
  sphere: ['core'],
  backend: ['core'],
  models: ['core', 'sphere', 'data'],
  training: ['core', 'sphere', 'models'],
  stream: ['core', 'backend'],
  augment: ['core', 'sphere', 'models', 'stream'],
  classify: ['core', 'backend', 'stream', 'training'],
  data: ['core'],
  node: ['core', 'backend', 'models', 'stream', 'data'],
};
mayImport.evaluate = Object.keys(mayImport);
mayImport.cli = Object.keys(mayImport);

const rooms = Object.keys(mayImport);
/** Rooms that run in browsers too. `evaluate` has no `node:` import of its own, but stands on `node`. */
const withoutNode = rooms.filter((room) => !['node', 'cli'].includes(room));
const browserRooms = withoutNode.filter((room) => room !== 'evaluate');

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'node-imports',
      comment: 'Every node: import of the library is in src/node, every one of the command line in src/cli.',
      severity: 'error',
      from: { path: `^(src/(${withoutNode.join('|')})/|packages/[^/]+/src/)` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'browser-entry',
      comment: 'The entry for browsers reaches rooms that run in browsers alone.',
      severity: 'error',
      from: { path: '^src/browser\\.ts$' },
      to: { path: `^(src/(?!(${browserRooms.join('|')})/)[^/]+/|paper/)`, reachable: true },
    },
    ...Object.entries(mayImport).map(([room, allowed]) => ({
      name: `floor-${room}`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
    })),
    {
      name: 'paper-on-demand',
      comment:
        'The paper is loaded by fewshot reproduce, and by data sets that it renders, when they are asked for.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/commands/reproduce\\.ts$' },
      to: { path: '^paper/', dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'kernels-apart',
      comment: 'The package of kernels knows nothing of the library.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(src|paper)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
