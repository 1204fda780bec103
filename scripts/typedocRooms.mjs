import { basename, dirname, relative, sep } from 'node:path';
import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';

/** What the reference calls each room of `src`. A room that is not here lands in the default category. */
const categories = {
  augment: 'Augmentation',
  stream: 'Streams and batches',
  node: 'Streams and batches',
  pipeline: 'Pipelines as data',
  models: 'Models',
  files: 'Models',
  classify: 'Classifiers',
  backend: 'Backends',
  data: 'Data',
  core: 'Images, errors, random streams',
  src: 'Images, errors, random streams',
  sphere: 'Geometry of the sphere',
  losses: 'Losses',
  metrics: 'Evaluation',
  embed: 'Evaluation',
  faces: 'Data',
  training: 'Training',
  evaluate: 'Evaluation',
};

/** The modules of the reference, by the file of their entry. */
const modules = { index: 'fewshot-atnl', browser: 'fewshot-atnl/browser' };

/** A plugin of typedoc: the room that a thing lives in is its category, so that no file has to say so. */
export function load(app) {
  passOver(app.logger, 'warn', 'has multiple declarations with a comment');
  passOver(app.logger, 'info', 'are declared at:');
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    const { project } = context;
    for (const entry of project.children ?? []) {
      if (!entry.kindOf(ReflectionKind.Module)) continue;
      entry.name = modules[entry.name] ?? entry.name;
      for (const child of entry.children ?? []) categorize(child, context);
    }
  });
}

/**
 * Fields of a type that is inferred from a schema count as declared twice, though in the very same place: TypeScript maps
 * them from there for what goes in and what comes out. There is nothing to choose between, so nothing to warn of.
 */
function passOver(logger, level, text) {
  const log = logger[level].bind(logger);
  logger[level] = (message, ...rest) => {
    if (!String(message).includes(text)) log(message, ...rest);
  };
}

function categorize(reflection, context) {
  const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName;
  if (file === undefined) return;
  const category = categories[roomOf(file)];
  if (category === undefined) return;
  for (const commented of reflection.signatures ?? [reflection]) {
    commented.comment ??= new Comment();
    commented.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: category }]));
  }
}

/** The folder below `src` that a file lies in: `augment` for `src/augment/paths/slerp.ts`. */
function roomOf(file) {
  const parts = relative(process.cwd(), file).split(sep);
  return parts[0] === 'src' && parts.length > 2 ? parts[1] : basename(dirname(file));
}
