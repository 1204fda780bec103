import { relative, sep } from 'node:path';
import { Comment, CommentTag, Context, Converter, ReflectionKind } from 'typedoc';
import ts from 'typescript';

/** Category of each room. Names of rooms that are not here land in the default category. */
const categories = {
  augment: 'Augmentation',
  stream: 'Streams and batches',
  classify: 'Classifiers',
  models: 'Models',
  backend: 'Backends',
  core: 'Images, errors, random streams',
  data: 'Data',
  node: 'Files and folders',
  sphere: 'Geometry of the sphere',
  training: 'Training',
  losses: 'Losses',
  evaluate: 'Evaluation',
  paper: 'Paper',
};

/** Categories of files that belong with another room. */
const exceptions = {
  'src/node/loadModel.ts': 'Models',
  'src/node/loadExtractor.ts': 'Models',
  'src/node/selectBackend.ts': 'Backends',
  'src/node/native.ts': 'Backends',
  'src/node/toReadable.ts': 'Streams and batches',
};

/** Import paths, by the file of the entry. */
const modules = {
  'src/index.ts': 'fewshot-atnl',
  'src/browser.ts': 'fewshot-atnl/browser',
  'src/sphere/index.ts': 'fewshot-atnl/sphere',
  'src/training/losses/index.ts': 'fewshot-atnl/losses',
  'src/training/index.ts': 'fewshot-atnl/models',
  'src/features.ts': 'fewshot-atnl/features',
  'src/node/index.ts': 'fewshot-atnl/data',
  'src/evaluate/index.ts': 'fewshot-atnl/evaluate',
  'paper/index.ts': 'fewshot-atnl/paper',
};

/**
 * A plugin of TypeDoc. It names modules by their import path, puts names into categories by their room, and adds types that
 * are not exported but belong to the signature of something exported, such as options.
 */
export function load(app) {
  passOver(app.logger, 'warn', 'has multiple declarations with a comment');
  passOver(app.logger, 'info', 'are declared at:');
  const referenced = collectReferences();
  app.converter.on(
    Converter.EVENT_RESOLVE_BEGIN,
    (context) => {
      addReferenced(context, referenced);
      for (const entry of context.project.children ?? []) {
        if (!entry.kindOf(ReflectionKind.Module)) continue;
        entry.name = modules[fileOf(entry, context)] ?? entry.name;
        for (const child of entry.children ?? []) categorize(child, context);
      }
    },
    1000,
  );
}

/**
 * Fields of a type that is inferred from a schema count as declared twice, in the same place: TypeScript maps them from there
 * for input and output. There is no choice to warn of.
 */
function passOver(logger, level, text) {
  const log = logger[level].bind(logger);
  logger[level] = (message, ...rest) => {
    if (!String(message).includes(text)) log(message, ...rest);
  };
}

/** Symbols of types that signatures refer to, each with the module in whose conversion it came first. */
function collectReferences() {
  const referenced = new Map();
  const create = Context.prototype.createSymbolReference;
  Context.prototype.createSymbolReference = function (symbol, context, name) {
    const types = ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Class;
    if (symbol.flags & types && !referenced.has(symbol)) referenced.set(symbol, moduleOf(context.scope));
    return create.call(this, symbol, context, name);
  };
  return referenced;
}

function moduleOf(reflection) {
  for (let scope = reflection; scope !== undefined; scope = scope.parent) {
    if (scope.kindOf(ReflectionKind.Module)) return scope;
  }
}

/** Converts types of this repository that are referenced but not documented. They may refer to others, which are then visited too. */
function addReferenced(context, referenced) {
  context.setActiveProgram(context.programs[0]);
  for (const [symbol, module] of referenced) {
    const file = symbol.declarations?.[0]?.getSourceFile().fileName;
    if (module === undefined || file === undefined || roomOf(pathOf(file)) === undefined) continue;
    if (context.getReflectionFromSymbol(symbol) !== undefined) continue;
    context.converter.convertSymbol(context.withScope(module), symbol);
  }
  context.setActiveProgram(undefined);
}

function categorize(reflection, context) {
  const file = fileOf(reflection.tryGetTargetReflectionDeep?.() ?? reflection, context);
  if (file === undefined) return;
  const category = exceptions[file] ?? categories[roomOf(file)];
  if (category === undefined) return;
  for (const commented of reflection.signatures ?? [reflection]) {
    commented.comment ??= new Comment();
    commented.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: category }]));
  }
}

/** File that declares a reflection, from the root of the repository. */
function fileOf(reflection, context) {
  const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName;
  return file === undefined ? undefined : pathOf(file);
}

const pathOf = (file) => relative(process.cwd(), file).split(sep).join('/');

/** `augment` for `src/augment/paths.ts`, `undefined` for files of other packages. */
function roomOf(file) {
  if (file.startsWith('src/training/losses/')) return 'losses';
  const [folder, room, ...rest] = file.split('/');
  if (folder === 'paper') return 'paper';
  if (folder !== 'src') return undefined;
  return rest.length > 0 ? room : 'core';
}
