import { ModelError, UsageError } from '../core/errors.js';
import type { FeatureExtractor } from './extractor.js';
import type { OnnxOptions, OnnxRuntime } from './onnxExtractor.js';
import { isOnnx } from './onnxFile.js';
import { readTfjsFiles } from './tfjsFiles.js';

/** Settings of networks that know nothing of this library. Files of its own say all, and take none. */
export type LoadExtractorOptions = Omit<OnnxOptions, 'session'>;

/** A file that may be an extractor, with those beside it. */
export interface ExtractorSource {
  /** A path or URL, for errors. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Bytes of a file beside it; undefined where there is none. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
}

/** What differs between Node and browsers. */
export interface ExtractorPlatform {
  /** The files of an archive, by their names. */
  readonly unpack: (bytes: Uint8Array, name: string) => Promise<ArchiveFiles>;
  /** ONNX Runtime, an optional peer. Throws a `UsageError` if it is not installed. */
  readonly onnx: () => Promise<OnnxRuntime>;
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
    async load({ bytes, name }, options) {
      refuseOptions(options, name);
      const [{ decodeModel }, { extractorOf }] = await Promise.all([
        import('./model.js'),
        import('./modelExtractor.js'),
      ]);
      return extractorOf(await decodeModel(bytes, name));
    },
  },
  {
    title: 'a model.json of TensorFlow.js',
    matches: (bytes) => /^\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 64))),
    async load({ name, bytes, read }, options) {
      const { handler, project } = await readTfjsFiles(bytes, { name, read });
      const { extractorFromTfjs } = await import('./tfjsExtractor.js');
      return extractorFromTfjs(handler, {
        name: nameOf(name),
        ...(project === undefined ? {} : { labels: project.labels, preprocessing: TEACHABLE_MACHINE }),
        ...options,
      });
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
      return extractorFromOnnx(runtime, bytes, { name: nameOf(name), ...options });
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
          ? 'Install it: npm install onnxruntime-node --onnxruntime-node-install=skip (the flag leaves CUDA out).'
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

/** Throws a `UsageError` for options that an extractor of this library does not take, as its file says all. */
function refuseOptions(options: LoadExtractorOptions, name: string): void {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  throw new UsageError(
    `${name}: its file says all, so that it takes no ${given.map(([key]) => key).join(', ')}`,
    {
      option: given.map(([key]) => key),
    },
  );
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
