import { ModelError, UsageError } from '../core/errors.js';
import { checkExtractor, oneAmong, optional, whole } from '../core/kindChecks.js';
import { checkBackboneOptions } from './backbone.js';
import type { FeatureExtractor } from './extractor.js';
import { EXTRACTOR_SCHEMA, type ExtractorCard } from './extractorCard.js';
import type { OnnxOptions, OnnxRuntime } from './onnxExtractor.js';
import { isOnnx } from './onnxFile.js';
import { safetensorsMetadata } from './safetensors.js';
import { readTfjsFiles } from './tfjsFiles.js';

/** Settings of a network that knows nothing of this library. Files of its own say all, and take `side` and `features` alone. */
export interface LoadExtractorOptions extends Omit<OnnxOptions, 'session'> {
  /** Side that pictures are brought to, in pixels: short for `imageShape: [side, side, 3]`. Default: what the file says. */
  readonly side?: number;
  /** Extractor whose features a head takes. Default: the shipped one that its file names, or the file of that name beside it. */
  readonly features?: FeatureExtractor;
}

/** A file that may be an extractor, with those beside it. */
export interface ExtractorSource {
  /** A path or URL, for errors. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Bytes of a file beside it; undefined where there is none. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  /** Number of heads that stand on it. Default 0. */
  readonly heads?: number;
}

/** What differs between Node and browsers. */
export interface ExtractorPlatform {
  /** The files of an archive, by their names. */
  readonly unpack: (bytes: Uint8Array, name: string) => Promise<ArchiveFiles>;
  /** ONNX Runtime, an optional peer. Throws a `UsageError` if it is not installed. */
  readonly onnx: () => Promise<OnnxRuntime>;
  /** The file of a shipped extractor; undefined where there is none of that name. */
  readonly shipped: (name: string) => Promise<ExtractorSource | undefined>;
}

export interface ArchiveFiles {
  readonly names: readonly string[];
  readonly read: (name: string) => Promise<Uint8Array>;
}

/** A kind of file that holds an extractor. */
interface ExtractorKind {
  /** Name for people, with its article. */
  readonly title: string;
  readonly matches: (bytes: Uint8Array) => boolean;
  readonly load: (
    source: ExtractorSource,
    options: LoadExtractorOptions,
    platform: ExtractorPlatform,
  ) => Promise<FeatureExtractor>;
}

const startsWith = (bytes: Uint8Array, text: string, at = 0): boolean =>
  bytes.length >= at + text.length && [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));

/** Name of an extractor by that of its file: without folders and the ending. */
const nameOf = (file: string): string =>
  file
    .replace(/[?#].*$/, '')
    .split(/[\\/]/)
    .filter((part) => part !== '' && part !== 'model.json')
    .at(-1)
    ?.replace(/\.(safetensors|onnx|json|zip)$/i, '') || 'model';

/** Pixels as Teachable Machine makes them: `value / 127 − 1` of 8 bits. */
const TEACHABLE_MACHINE = { mean: 127 / 255, scale: 255 / 127 };

/** Kinds in the order in which they are tried. A new one is a file of its own and an entry here. */
const kinds: readonly ExtractorKind[] = [
  {
    title: 'a safetensors file',
    matches: (bytes) => bytes[8] === 0x7b && bytes.length > 8 && !startsWith(bytes, '{'),
    async load(source, options, platform) {
      const { bytes, name } = source;
      const { side, features, ...others } = options;
      refuseOptions(others, name);
      if (safetensorsMetadata(bytes, name).schema !== EXTRACTOR_SCHEMA) {
        refuseOptions(options, name);
        const [{ decodeModel }, { extractorOf }] = await Promise.all([
          import('./model.js'),
          import('./modelExtractor.js'),
        ]);
        return sized(extractorOf(await decodeModel(bytes, name)), bytes.length);
      }
      const { decodeExtractor } = await import('./extractorFile.js');
      return decodeExtractor(bytes, name, {
        ...(side === undefined ? {} : { side }),
        featuresOf: (wanted) =>
          features === undefined ? innerOf(source, wanted, platform) : Promise.resolve(keptAlive(features)),
      });
    },
  },
  {
    title: 'a model.json of TensorFlow.js',
    matches: (bytes) => /^\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 64))),
    async load({ name, bytes, read }, options) {
      const { handler, project, size } = await readTfjsFiles(bytes, { name, read });
      const { extractorFromTfjs } = await import('./tfjsExtractor.js');
      const extractor = await extractorFromTfjs(handler, {
        name: nameOf(name),
        ...(project === undefined ? {} : { labels: project.labels, preprocessing: TEACHABLE_MACHINE }),
        ...foreign(options, name),
      });
      return sized(extractor, size);
    },
  },
  {
    title: 'an ONNX file',
    matches: isOnnx,
    async load({ name, bytes }, options, platform) {
      const [{ extractorFromOnnx }, runtime] = await Promise.all([
        import('./onnxExtractor.js'),
        platform.onnx(),
      ]);
      const given = { name: nameOf(name), ...foreign(options, name) };
      return sized(await extractorFromOnnx(runtime, bytes, given), bytes.length);
    },
  },
  {
    title: 'a zip archive',
    matches: (bytes) => startsWith(bytes, 'PK\x03\x04') || startsWith(bytes, 'PK\x05\x06'),
    async load({ name, bytes }, options, platform) {
      const archive = await platform.unpack(bytes, name).catch((cause: Error) => {
        throw new ModelError(cause.message, { hint: 'Download it again.', cause });
      });
      const models = archive.names.filter(
        (file) => /(^|\/)model\.json$/.test(file) && !/__MACOSX/.test(file),
      );
      const [model] = models;
      if (models.length !== 1) {
        throw new ModelError(`${name}: it holds ${models.length} files model.json, but one is needed`, {
          hint: foreignHint(archive.names) ?? 'Export the project for TensorFlow.js, and download it.',
        });
      }
      const folder = model!.slice(0, -'model.json'.length);
      const source: ExtractorSource = {
        name,
        bytes: await archive.read(model!),
        read: async (path) =>
          archive.names.includes(folder + path) ? archive.read(folder + path) : undefined,
      };
      return loadKind(source, options, platform);
    },
  },
];

/** Fails as before. Bundlers leave a package out that is not installed only where its import is caught. */
export const rethrow = (error: unknown): never => {
  throw error;
};

/**
 * The module of ONNX Runtime.
 *
 * @param load imports the package; a bundler must see its name
 * @throws UsageError that says how to install it
 */
export async function onnxRuntime(name: string, load: () => Promise<unknown>): Promise<OnnxRuntime> {
  try {
    const module = (await load()) as { default?: OnnxRuntime } & OnnxRuntime;
    return module.InferenceSession === undefined ? module.default! : module;
  } catch (cause) {
    throw new UsageError(`ONNX files are run by the package ${name}, which is not installed`, {
      hint:
        name === 'onnxruntime-node'
          ? 'Install onnxruntime-web, or the faster onnxruntime-node: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node (CUDA left out).'
          : `Install it: npm install ${name}`,
      cause,
    });
  }
}

/** What to do about files of other tools. */
function foreignHint(names: readonly string[]): string | undefined {
  if (names.some((name) => /\.(h5|keras|tflite|pb)$/.test(name))) {
    return 'Teachable Machine offers several exports: choose Tensorflow.js, Download.';
  }
  if (names.some((name) => /data\.pkl$/.test(name))) return 'It is a file of PyTorch: export it to ONNX.';
  return undefined;
}

/** An extractor that tells the size of its files, too. */
const sized = (extractor: FeatureExtractor, bytes: number): FeatureExtractor => ({
  ...extractor,
  describe: () => [...extractor.describe(), `file: ${bytes.toLocaleString('en')} bytes`],
});

/** Options of a network that is no head, with `side` as the shape that it means. */
function foreign({ side, features, ...options }: LoadExtractorOptions, name: string): OnnxOptions {
  refuseOptions({ ...(features === undefined ? {} : { features }) }, name);
  return side === undefined ? options : { imageShape: [side, side, 3], ...options };
}

/** An extractor that stays its user's when a head on it is disposed. */
const keptAlive = (features: FeatureExtractor): FeatureExtractor =>
  Object.create(features, { dispose: { value: () => {} } }) as FeatureExtractor;

/** Most heads on one another. */
const MOST_HEADS = 4;

/** Endings of files that the extractor below a head may have. */
const endings = ['.safetensors', '.onnx', '.zip', '/model.json'];

/** The extractor whose features the head of a file takes: shipped, or beside the file. */
async function innerOf(
  source: ExtractorSource,
  { name, side }: NonNullable<ExtractorCard['features']>,
  platform: ExtractorPlatform,
): Promise<FeatureExtractor> {
  const missing = (what: string) =>
    new ModelError(`${source.name}: its head takes features of ${name}, ${what}`, {
      hint: 'Put its file beside, or give it as the option features.',
      option: 'features',
    });
  if (!/^[\w. -]+$/.test(name)) throw missing('which is no name of a file');
  const heads = (source.heads ?? 0) + 1;
  // A file that names itself would never end.
  if (heads > MOST_HEADS) throw missing('which names others without end');
  const options = side === undefined ? {} : { side };
  const shipped = await platform.shipped(name);
  if (shipped !== undefined) return loadKind({ ...shipped, heads }, options, platform);
  for (const ending of endings) {
    const bytes = await source.read(`${name}${ending}`);
    if (bytes === undefined) continue;
    const folder = ending.startsWith('/') ? `${name}/` : '';
    const read = async (path: string) => source.read(folder + path);
    return loadKind({ name: `${name}${ending}`, bytes, read, heads }, options, platform);
  }
  throw missing('which is neither shipped nor beside it');
}

/** Throws a `UsageError` for options that an extractor of this library does not take, as its file says all. */
function refuseOptions(options: LoadExtractorOptions, name: string): void {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  throw new UsageError(`${name}: its file says all, so it takes no ${given.map(([key]) => key).join(', ')}`, {
    option: given.map(([key]) => key),
  });
}

/** Throws a `UsageError` for options of the wrong kind. */
export function checkLoadOptions(options: LoadExtractorOptions): void {
  const of = 'loadExtractor';
  checkBackboneOptions(of, options);
  optional(whole(1, 4096))('side', options.side, of);
  optional(oneAmong(['nchw', 'nhwc']))('layout', options.layout, of);
  if (options.features !== undefined) checkExtractor(options.features, 'features', of);
}

/**
 * The extractor of a file, whatever its kind. Its first bytes tell that, not its name.
 *
 * @throws ModelError when it is of no known kind, or cannot be used
 */
export async function loadKind(
  source: ExtractorSource,
  options: LoadExtractorOptions,
  platform: ExtractorPlatform,
): Promise<FeatureExtractor> {
  const { bytes, name } = source;
  const kind = kinds.find(({ matches }) => matches(bytes));
  if (kind !== undefined) return kind.load(source, options, platform);
  const known = kinds.map(({ title }) => title);
  throw new ModelError(`${name}: is no extractor that is known`, {
    hint:
      startsWith(bytes, '\x89HDF') || startsWith(bytes, 'TFL3', 4)
        ? 'It is a file of Keras or TensorFlow Lite: convert it for TensorFlow.js, or to ONNX.'
        : `Give ${known.slice(0, -1).join(', ')} or ${known.at(-1)}.`,
  });
}
