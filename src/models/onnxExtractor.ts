import { refuse } from '../core/checks.js';
import { ModelError } from '../core/errors.js';
import type { ImageShape } from '../core/image.js';
import { checkBytes, checkFunction, checkOptionBag, oneAmong, optional } from '../core/kindChecks.js';
import { isPromise } from '../core/shown.js';
import {
  type BackboneExtractor,
  type BackboneOptions,
  checkBackboneOptions,
  checkInput,
  extractorFromBackbone,
  type Features,
  unknownOutput,
} from './backbone.js';
import { type OnnxGraph, type OnnxNode, type OnnxValueInfo, readOnnxGraph, withOutput } from './onnxFile.js';
import { sha256 } from './safetensors.js';

/** A tensor of ONNX Runtime. */
export interface OnnxTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** A loaded network of ONNX Runtime. */
export interface OnnxSession {
  run(feeds: Record<string, OnnxTensor>, fetches: readonly string[]): Promise<Record<string, OnnxTensor>>;
  release?(): Promise<void>;
}

/** What is used of `onnxruntime-node` or `onnxruntime-web`: `import * as ort from 'onnxruntime-web'`. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options?: Record<string, unknown>): Promise<OnnxSession>;
  };
  readonly Tensor: new (
    type: 'float32' | 'uint8',
    data: Float32Array | Uint8Array,
    dims: readonly number[],
  ) => OnnxTensor;
}

const layouts = ['nchw', 'nhwc'] as const;

export interface OnnxOptions extends BackboneOptions {
  /** Order of the input's axes: channels first or last. Default: what its shape says, and `nchw` where it says nothing. */
  readonly layout?: (typeof layouts)[number];
  /** Options of `InferenceSession.create`, such as `executionProviders`. Default: those of the runtime. */
  readonly session?: Record<string, unknown>;
}

/**
 * An extractor of features made of an ONNX file, which ONNX Runtime runs. By default it gives what the classifier at its end
 * takes, and its output where it has none; of several outputs the pooled or embedded one. `output` names any value of the graph.
 * Codes do not depend on the other pictures of a call.
 *
 * ```ts
 * import * as ort from 'onnxruntime-web';
 *
 * const extractor = await extractorFromOnnx(ort, await readFile('resnet18.onnx'));
 * ```
 *
 * @param runtime the module `onnxruntime-node`, or `onnxruntime-web` in browsers
 * @param bytes of the file, whose weights are within it
 * @throws ModelError when it takes no images, has no such output, or the runtime cannot load it
 */
export async function extractorFromOnnx(
  runtime: OnnxRuntime,
  bytes: Uint8Array,
  options: OnnxOptions = {},
): Promise<BackboneExtractor> {
  const of = 'extractorFromOnnx';
  checkRuntime(runtime, of);
  checkBytes('the file', bytes, of);
  checkBackboneOptions(of, options);
  optional(oneAmong(layouts))('layout', options.layout, of);
  optional((_, value) => checkOptionBag(`${of}: session`, value))('session', options.session);
  const { name = 'model' } = options;
  const graph = readOnnxGraph(bytes, name);
  const input = inputOf(graph, options, name);
  checkInput(input.imageShape, name);
  const chosen = outputOf(graph, options.output, name);
  const makers = makersOf(graph);
  const outputs = graph.nodes.flatMap((node) => node.outputs).filter((output) => output !== '');
  const declared = graph.outputs.some((output) => output.name === chosen.output);
  const file = declared ? bytes : withOutput(bytes, chosen.output);
  const digest = await sha256(bytes);
  const session = await create(runtime, file, options.session, name);
  const layout = layoutOf(chosen.output, makers, input.layout);
  try {
    return await extractorFromBackbone(
      {
        name,
        imageShape: input.imageShape,
        preprocessing: options.preprocessing ?? (input.type === 'uint8' ? '0..255' : 'imagenet'),
        output: chosen.output,
        outputs,
        about: [`ONNX network, ${graph.nodes.length} nodes, ${input.layout.toUpperCase()}`, ...chosen.notes],
        digest,
        parameters: [...graph.weights.values()].reduce((sum, shape) => sum + sizeOfAll(shape), 0),
        run: inTurn(async (pixels) => {
          const data = input.layout === 'nchw' ? channelsFirst(pixels, input.imageShape) : pixels;
          const [height, width, channels] = input.imageShape;
          const dims = input.layout === 'nchw' ? [1, channels, height, width] : [1, height, width, channels];
          const values = input.type === 'uint8' ? Uint8Array.from(data, Math.round) : data;
          const feeds = { [input.name]: new runtime.Tensor(input.type, values, dims) };
          const found = (await session.run(feeds, [chosen.output]))[chosen.output];
          return readOutput(found, layout, chosen.output, name);
        }),
        dispose: () => void session.release?.(),
      },
      options,
    );
  } catch (error) {
    await session.release?.();
    throw error;
  }
}

function checkRuntime(runtime: unknown, of: string): void {
  const { InferenceSession, Tensor } = (runtime ?? {}) as Partial<OnnxRuntime>;
  if (isPromise(runtime) || typeof InferenceSession?.create !== 'function') {
    refuse(
      'the runtime',
      runtime,
      'the module onnxruntime-node or onnxruntime-web',
      of,
      "import * as ort from 'onnxruntime-web'",
    );
  }
  checkFunction('Tensor of the runtime', Tensor, of);
}

async function create(
  { InferenceSession }: OnnxRuntime,
  bytes: Uint8Array,
  options: OnnxOptions['session'],
  name: string,
): Promise<OnnxSession> {
  try {
    // Its warnings about unused weights would go to the terminal.
    return await InferenceSession.create(bytes, { logSeverityLevel: 3, ...options });
  } catch (cause) {
    const reason = String((cause as Error)?.message ?? cause).split('\n', 1)[0];
    throw new ModelError(`${name}: ONNX Runtime cannot load it: ${reason}`, {
      hint: 'Update onnxruntime-node or onnxruntime-web, or export it for an older opset.',
      cause,
    });
  }
}

/** Lets calls wait for one another: sessions on WebAssembly run one at a time. */
function inTurn<T>(run: (pixels: Float32Array) => Promise<T>): (pixels: Float32Array) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (pixels) => {
    const next = last.then(() => run(pixels));
    last = next.catch(() => undefined);
    return next;
  };
}

const sizeOfAll = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

interface Input {
  readonly name: string;
  readonly type: 'float32' | 'uint8';
  readonly layout: 'nchw' | 'nhwc';
  readonly imageShape: ImageShape;
}

/** Element types of inputs, as ONNX numbers them. */
const inputTypes: Readonly<Record<number, Input['type']>> = { 1: 'float32', 2: 'uint8' };
const otherTypes: Readonly<Record<number, string>> = {
  6: 'int32',
  7: 'int64',
  8: 'text',
  10: 'float16',
  11: 'float64',
};

/** Sides that a file leaves open. */
const OPEN_SIDE = 224;

const isChannels = (side: number | undefined): boolean => side === 1 || side === 3;

function inputOf({ inputs }: OnnxGraph, options: OnnxOptions, name: string): Input {
  const [input, ...others] = inputs;
  if (input === undefined || others.length > 0) {
    const names = inputs.map((each) => each.name).join(', ');
    throw new ModelError(
      `${name}: it has ${inputs.length} inputs${names === '' ? '' : ` (${names})`}, but one of images is needed`,
    );
  }
  const { shape = [undefined, undefined, undefined, undefined] } = input;
  const type = inputTypes[input.type];
  const text = `${type ?? otherTypes[input.type] ?? `of type ${input.type}`} [${shape.map((side) => side ?? '?').join(', ')}]`;
  if (type === undefined || shape.length !== 4) {
    throw new ModelError(
      `${name}: its input ${input.name} is ${text}, but images are float32 or uint8 with 4 axes`,
      {
        hint:
          input.type === 10
            ? 'Export it with inputs of 32 bits.'
            : 'It is no network of images, or it takes what another has made of them.',
      },
    );
  }
  const [batch] = shape;
  if (batch !== undefined && batch !== 1) {
    throw new ModelError(`${name}: it takes ${batch} images at once`, {
      hint: 'Export it with a batch of 1, or an open one.',
    });
  }
  const layout =
    options.layout ?? (isChannels(shape[3]) && !isChannels(shape[1]) ? 'nhwc' : likelyLayout(input));
  const own = layout === 'nchw' ? [shape[2], shape[3], shape[1]] : [shape[1], shape[2], shape[3]];
  const asked = options.imageShape;
  if (asked !== undefined && !asked.every((side, axis) => own[axis] === undefined || own[axis] === side)) {
    throw new ModelError(`${name}: its input is ${text}, which ${asked.join('×')} does not fit`, {
      option: 'imageShape',
    });
  }
  const imageShape: ImageShape = asked ?? [own[0] ?? OPEN_SIDE, own[1] ?? OPEN_SIDE, own[2] ?? 3];
  return { name: input.name, type, layout, imageShape };
}

/** Channels first unless a side of an image stands where they would be. */
const likelyLayout = ({ shape }: OnnxValueInfo): Input['layout'] =>
  shape?.[1] !== undefined && !isChannels(shape[1]) && shape[3] === undefined ? 'nhwc' : 'nchw';

const makersOf = ({ nodes }: OnnxGraph): ReadonlyMap<string, OnnxNode> =>
  new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));

interface Chosen {
  readonly output: string;
  readonly notes: readonly string[];
}

/** The output to read: the one that is asked for, by the name of a value or of its node; or else features. */
function outputOf(graph: OnnxGraph, asked: string | undefined, name: string): Chosen {
  const makers = makersOf(graph);
  if (asked !== undefined) {
    if (makers.has(asked)) return { output: asked, notes: notesOn(asked, makers) };
    const value = graph.nodes.find((node) => node.name === asked)?.outputs[0];
    if (value !== undefined) return { output: value, notes: notesOn(value, makers) };
    throw unknownOutput(name, asked, [...makers.keys()]);
  }
  const names = graph.outputs.map((output) => output.name);
  const output =
    names.length === 1 ? names[0]! : names.filter((each) => /pool|embed|feature/i.test(each)).at(-1);
  if (output === undefined) {
    throw new ModelError(`${name}: it has ${names.length} outputs`, {
      hint: `Name one by output: ${names.join(', ')}.`,
      option: 'output',
    });
  }
  const features = beforeClassifier(output, graph, makers);
  if (features === undefined) return { output, notes: notesOn(output, makers) };
  return { output: features, notes: [`its classifier, which gives ${output}, is left out`] };
}

const notesOn = (output: string, makers: ReadonlyMap<string, OnnxNode>): string[] =>
  makers.get(output)?.op === 'Softmax'
    ? ['it gives probabilities of classes, not features; name another output']
    : [];

/** Operations behind a classifier, which leave the order of its values as it is. */
const BEHIND = new Set(
  'Softmax LogSoftmax Flatten Reshape Squeeze Identity Dropout Add Cast Relu GlobalAveragePool QuantizeLinear DequantizeLinear'.split(
    ' ',
  ),
);
const CLASSES = /logit|prob|class|score|softmax|predict/i;
/** Numbers of classes of ImageNet in its usual forms. */
const IMAGENET = new Set([1000, 1001, 10450, 11221, 11821, 21841, 21843]);

/** The value that a classifier at the end of a graph takes; undefined where the end does not look like one. */
function beforeClassifier(
  output: string,
  { weights }: OnnxGraph,
  makers: ReadonlyMap<string, OnnxNode>,
): string | undefined {
  let tellsClasses = CLASSES.test(output);
  let at: string | undefined = output;
  for (let steps = 0; at !== undefined && steps < 12; steps++) {
    const node = makers.get(at);
    if (node === undefined) return undefined;
    if (node.op === 'Gemm' || node.op === 'MatMul' || node.op === 'Conv') {
      const shape = shapeOfWeights(node.inputs[1], weights, makers);
      tellsClasses ||= shape?.some((side) => IMAGENET.has(side)) === true;
      const isPointwise = shape?.slice(2).every((side) => side === 1) === true;
      return tellsClasses && isPointwise && makers.has(node.inputs[0] ?? '') ? node.inputs[0] : undefined;
    }
    if (!BEHIND.has(node.op)) return undefined;
    tellsClasses ||= node.op.endsWith('oftmax');
    at = node.inputs.find((each) => makers.has(each));
  }
  return undefined;
}

/** Sides of weights, also where they are stored in 8 bits or turned before use. */
function shapeOfWeights(
  name: string | undefined,
  weights: OnnxGraph['weights'],
  makers: ReadonlyMap<string, OnnxNode>,
): readonly number[] | undefined {
  let at = name ?? '';
  for (let steps = 0; steps < 4 && !weights.has(at); steps++) at = makers.get(at)?.inputs[0] ?? '';
  return weights.get(at);
}

/** Operations whose maps have channels first, always. */
const CHANNELS_FIRST = /Conv|Pool|BatchNormalization|InstanceNormalization/;

/** Order of the axes of a map: that of the last operation that has one, or else that of the input. */
function layoutOf(
  output: string,
  makers: ReadonlyMap<string, OnnxNode>,
  input: Input['layout'],
): Input['layout'] {
  let at: string | undefined = output;
  for (let steps = 0; at !== undefined && steps < 64; steps++) {
    const node = makers.get(at);
    if (node === undefined) break;
    if (CHANNELS_FIRST.test(node.op)) return 'nchw';
    if (node.op === 'Transpose' && node.axes.length === 4) return node.axes[1] === 3 ? 'nchw' : 'nhwc';
    at = node.inputs.find((each) => makers.has(each));
  }
  return input;
}

/** Pixels `[h, w, c]` as `[c, h, w]`. */
function channelsFirst(pixels: Float32Array, [height, width, channels]: ImageShape): Float32Array {
  const planes = new Float32Array(pixels.length);
  const places = height * width;
  for (let place = 0, at = 0; place < places; place++) {
    for (let c = 0; c < channels; c++) planes[c * places + place] = pixels[at++]!;
  }
  return planes;
}

function readOutput(
  tensor: OnnxTensor | undefined,
  layout: Input['layout'],
  output: string,
  name: string,
): Features {
  if (tensor === undefined || !(tensor.data instanceof Float32Array)) {
    throw new ModelError(
      `${name}: ${output} gives ${tensor?.type ?? 'nothing'}, but values of float32 are needed`,
      {
        hint: 'Name another output.',
        option: 'output',
      },
    );
  }
  const { data, dims } = tensor;
  if (dims[0] !== 1) {
    throw new ModelError(`${name}: ${output} is [${dims.join(', ')}] for one image`, {
      hint: 'Name another output.',
      option: 'output',
    });
  }
  const shape = dims.slice(1);
  if (shape.length !== 3 || layout === 'nhwc') return { values: Float32Array.from(data), shape };
  const [channels, height, width] = shape as [number, number, number];
  const places = height * width;
  const values = new Float32Array(data.length);
  for (let c = 0; c < channels; c++) {
    for (let place = 0; place < places; place++) values[place * channels + c] = data[c * places + place]!;
  }
  return { values, shape: [height, width, channels] };
}
