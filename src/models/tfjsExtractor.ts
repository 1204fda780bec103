import type { GraphModel } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers, Sequential, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { refuse } from '../core/checks.js';
import { FewshotError, ModelError } from '../core/errors.js';
import type { ImageShape } from '../core/image.js';
import { checkList, checkText, listOf, optional } from '../core/kindChecks.js';
import { isPromise } from '../core/shown.js';
import { loadTfjs } from '../core/tfjs.js';
import {
  type Backbone,
  type BackboneExtractor,
  type BackboneOptions,
  checkBackboneOptions,
  checkInput,
  digestOf,
  extractorFromBackbone,
  type Features,
  unknownOutput,
} from './backbone.js';
import { sha256 } from './safetensors.js';

/** A model of TensorFlow.js, or what loads one. */
export type TfjsModel = LayersModel | GraphModel | tf.io.IOHandler;

export interface TfjsOptions extends BackboneOptions {
  /** Names of the classes that a layers model was trained to tell, as a Teachable Machine project lists them. Default: none. */
  readonly labels?: readonly string[];
}

type Layer = ReturnType<typeof layers.dense>;

/**
 * An extractor of features made of a network of TensorFlow.js: a layers model, a graph model, or an `IOHandler` that loads one.
 * By default a layers model with a softmax at its end gives what its last dense layer takes, any other its last layer, and a graph
 * model its output. Codes do not depend on the other pictures of a call.
 *
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 *
 * const model = await tf.loadGraphModel('mobilenet/model.json');
 * const extractor = await extractorFromTfjs(model, { output: 'MobilenetV2/features', preprocessing: '-1..1' });
 * ```
 *
 * @param model becomes the extractor's, whose `dispose` frees it
 * @throws ModelError when it takes no images, or has no such output
 */
export async function extractorFromTfjs(
  model: TfjsModel,
  options: TfjsOptions = {},
): Promise<BackboneExtractor> {
  const of = 'extractorFromTfjs';
  checkBackboneOptions(of, options);
  optional(listOf(checkText))('labels', options.labels, of);
  const tfjs = await loadTfjs();
  const loaded = isHandler(model) ? await loadFrom(model, options.name ?? 'model') : model;
  if (!isLayers(loaded) && !isGraph(loaded)) {
    return refuse(
      'the model',
      model,
      'a layers model, a graph model or an IOHandler of TensorFlow.js',
      of,
      isPromise(model) ? 'Await it.' : 'Load one: await tf.loadGraphModel(url).',
    );
  }
  try {
    const backbone = isLayers(loaded)
      ? await layersBackbone(loaded, options, tfjs)
      : await graphBackbone(loaded, options);
    return await extractorFromBackbone(backbone, options);
  } catch (error) {
    if (loaded !== model && isLayers(loaded)) disposeLayers(loaded);
    else if (loaded !== model) loaded.dispose();
    throw error;
  }
}

const fieldsOf = (value: unknown) => (value ?? {}) as Record<string, unknown>;

const isHandler = (value: unknown): value is tf.io.IOHandler =>
  typeof fieldsOf(value).load === 'function' && typeof fieldsOf(value).predict !== 'function';

const isGraph = (value: unknown): value is GraphModel =>
  typeof fieldsOf(value).execute === 'function' && Array.isArray(fieldsOf(value).inputs);

const isLayers = (value: unknown): value is LayersModel =>
  typeof fieldsOf(value).predict === 'function' && Array.isArray(fieldsOf(value).layers);

/** The model of files that a handler reads. Topologies of graphs list nodes. */
async function loadFrom(handler: tf.io.IOHandler, name: string): Promise<LayersModel | GraphModel> {
  const tfjs = await loadTfjs();
  try {
    const artifacts = await handler.load!();
    const again = { load: async () => artifacts };
    const topology = fieldsOf(artifacts.modelTopology);
    return 'node' in topology || artifacts.format === 'graph-model'
      ? await tfjs.loadGraphModel(again)
      : await tfjs.loadLayersModel(again);
  } catch (cause) {
    if (cause instanceof FewshotError) throw cause;
    throw new ModelError(
      `${name}: it cannot be loaded: ${String((cause as Error)?.message ?? cause).split('\n', 1)[0]}`,
      {
        hint: 'Export it again for TensorFlow.js.',
        cause,
      },
    );
  }
}

/** Sides that a model leaves open. */
const OPEN_SIDE = 224;

/**
 * Shape of the images that a model takes, channels last, by the shape of its input with the batch in front. Unknown sides are
 * null, undefined or below 0.
 */
function inputShape(
  shape: readonly (number | null | undefined)[] | undefined,
  name: string,
  asked: ImageShape | undefined,
): ImageShape {
  const known = shape?.map((side) => (typeof side === 'number' && side >= 0 ? side : undefined));
  const text = known === undefined ? 'of unknown shape' : `[${known.map((side) => side ?? '?').join(', ')}]`;
  if (known !== undefined && known.length !== 4) {
    throw new ModelError(`${name}: its input is ${text}, but images are [n, height, width, channels]`, {
      hint: 'It is no network of images, or it takes what another has made of them.',
    });
  }
  const [batch, height, width, channels] = known ?? [];
  if ((height === 1 || height === 3) && channels !== undefined && channels !== 1 && channels !== 3) {
    throw new ModelError(
      `${name}: its input is ${text}, channels first, which TensorFlow.js cannot compute`,
      {
        hint: 'Convert it with channels last (NHWC), or use its ONNX file.',
      },
    );
  }
  if (batch !== undefined && batch !== 1) {
    throw new ModelError(`${name}: it takes ${batch} images at once`, {
      hint: 'Export it with a batch of 1, or an open one.',
    });
  }
  const own = [height, width, channels];
  if (asked !== undefined) {
    if (asked.every((side, axis) => own[axis] === undefined || own[axis] === side)) return asked;
    throw new ModelError(`${name}: its input is ${text}, which ${asked.join('×')} does not fit`, {
      option: 'imageShape',
    });
  }
  return [height ?? OPEN_SIDE, width ?? OPEN_SIDE, channels ?? 3];
}

/** Values of one picture, whose batch of one is taken off. */
async function readOne(output: tf.Tensor, name: string): Promise<Features> {
  try {
    if (output.shape[0] !== 1) {
      throw new ModelError(`${name}: its output is [${output.shape.join(', ')}] for one image`, {
        hint: 'Name another output.',
        option: 'output',
      });
    }
    return { values: Float32Array.from(await output.data()), shape: output.shape.slice(1) };
  } finally {
    output.dispose();
  }
}

async function weightDigests(weights: readonly (readonly [string, tf.Tensor])[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const [key, tensor] of weights) {
    const values = await tensor.data();
    const bytes =
      tensor.dtype === 'string'
        ? new TextEncoder().encode(JSON.stringify([...(values as unknown as string[])]))
        : new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    found.push([key, tensor.dtype, tensor.shape, await sha256(bytes)]);
  }
  return found;
}

// Graph models

interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
}

const nodesOf = (model: GraphModel): readonly GraphNode[] => {
  const artifacts = (model as unknown as { artifacts?: tf.io.ModelArtifacts }).artifacts;
  const nodes = fieldsOf(artifacts?.modelTopology).node;
  return Array.isArray(nodes) ? (nodes as GraphNode[]) : [];
};

/** Operations whose values are no features. */
const NO_OUTPUT = new Set(['Const', 'Placeholder', 'NoOp', 'Shape', 'Pack', 'StridedSlice']);

async function graphBackbone(model: GraphModel, options: TfjsOptions): Promise<Backbone> {
  const { name = 'graph model' } = options;
  const [input, ...others] = model.inputs;
  if (input === undefined || others.length > 0) {
    throw new ModelError(
      `${name}: it has ${model.inputs.length} inputs${others.length > 0 ? ` (${model.inputNodes.join(', ')})` : ''}, but one of images is needed`,
    );
  }
  assertNumeric(input.dtype, name, input.name);
  const imageShape = inputShape(input.shape, name, options.imageShape);
  checkInput(imageShape, name);
  const nodes = nodesOf(model);
  const outputs =
    nodes.length > 0
      ? nodes.filter(({ op }) => !NO_OUTPUT.has(op)).map((node) => node.name)
      : model.outputNodes;
  const { output = onlyOutput(model, name) } = options;
  const known = new Set([...outputs, ...model.outputNodes]);
  if (!known.has(output)) throw unknownOutput(name, output, [...known]);
  const weights = Object.entries(model.weights).flatMap(([key, tensors]) =>
    tensors.map((tensor) => [key, tensor] as const),
  );
  const makers = new Map(nodes.map((node) => [node.name, node]));
  return {
    name,
    imageShape,
    preprocessing: options.preprocessing ?? '-1..1',
    output,
    outputs,
    about: ['graph model of TensorFlow.js', ...classifierNote(makers.get(output), makers, outputs)],
    digest: await digestOf({ topology: nodes, weights: await weightDigests(weights) }),
    parameters: weights.reduce((sum, [, tensor]) => sum + tensor.size, 0),
    ...(options.labels === undefined ? {} : { labels: options.labels }),
    async run(pixels) {
      const images = tf.tensor(pixels, [1, ...imageShape], input.dtype === 'int32' ? 'int32' : 'float32');
      try {
        const feeds = { [input.name]: images };
        const found = await execute(model, feeds, output);
        if (Array.isArray(found)) {
          tf.dispose(found);
          throw new ModelError(`${name}: ${output} gives several tensors`, { option: 'output' });
        }
        return await readOne(found, name);
      } finally {
        images.dispose();
      }
    },
    dispose: () => model.dispose(),
  };
}

/** Graphs with loops or branches run asynchronously only. */
async function execute(model: GraphModel, feeds: tf.NamedTensorMap, output: string) {
  try {
    return tf.tidy(() => model.execute(feeds, output));
  } catch (error) {
    if (!/dynamic op|executeAsync/i.test(String((error as Error).message))) throw error;
    return model.executeAsync(feeds, output);
  }
}

function onlyOutput(model: GraphModel, name: string): string {
  const [output, ...others] = model.outputNodes;
  if (output !== undefined && others.length === 0) return output;
  throw new ModelError(`${name}: it has ${model.outputNodes.length} outputs`, {
    hint: `Name one by output: ${model.outputNodes.join(', ')}.`,
    option: 'output',
  });
}

function assertNumeric(dtype: string, name: string, input: string): void {
  if (dtype === 'float32' || dtype === 'int32') return;
  throw new ModelError(`${name}: its input ${input} is of ${dtype}, but images are numbers`);
}

/** A remark on an output that is a softmax: which node's values lead into its classifier. */
function classifierNote(
  node: GraphNode | undefined,
  makers: ReadonlyMap<string, GraphNode>,
  outputs: readonly string[],
): string[] {
  const nameOf = (input: string) => input.replace(/^\^/, '').replace(/:\d+$/, '');
  let at = node;
  let isSoftmax = false;
  for (let steps = 0; at !== undefined && steps < 12; steps++) {
    isSoftmax ||= at.op === 'Softmax';
    const [first] = at.input ?? [];
    if (first === undefined) break;
    if (isSoftmax && /MatMul|Conv2D$/.test(at.op) && outputs.includes(nameOf(first))) {
      return [
        `it gives probabilities of classes; ${nameOf(first)} leads into the classifier: give that as output`,
      ];
    }
    at = makers.get(nameOf(first));
  }
  return isSoftmax ? ['it gives probabilities of classes, not features; name another output'] : [];
}

// Layers models

/** The function from images to what a layer gives. */
type Prefix = (images: tf.Tensor) => tf.Tensor;

/** A layer of a model, by the containers that it stands in, outermost first. */
interface Found {
  readonly layer: Layer;
  readonly path: readonly LayersModel[];
}

const isContainer = (layer: unknown): layer is LayersModel => Array.isArray(fieldsOf(layer).layers);

const classOf = (layer: Layer): string => layer.getClassName();

/** All layers, those of nested models in their place, inner ones before the model that holds them. */
function allLayers(model: LayersModel, path: readonly LayersModel[] = [model]): Found[] {
  return model.layers.flatMap((layer): Found[] => {
    const found: Found = { layer: layer as Layer, path };
    if (!isContainer(layer)) return [found];
    return [...allLayers(layer, [...path, layer]), found];
  });
}

/** Layers that leave the values behind a classifier as they are, or only scale them. */
const BEHIND = new Set(['Activation', 'Softmax', 'Dropout', 'Reshape', 'Flatten']);

const activationOf = (layer: Layer): unknown => {
  const config = layer.getConfig();
  return classOf(layer) === 'Softmax' ? 'softmax' : config.activation;
};

/** The classifier at the end of a model: a dense layer, or a 1×1 convolution, with a softmax on it or behind it. */
function classifierOf(found: readonly Found[]): Found | undefined {
  let isSoftmax = false;
  for (const candidate of found.filter(({ layer }) => !isContainer(layer)).reverse()) {
    const { layer } = candidate;
    isSoftmax ||= activationOf(layer) === 'softmax';
    if (BEHIND.has(classOf(layer))) continue;
    const isDense = classOf(layer) === 'Dense' || (classOf(layer) === 'Conv2D' && isPointwise(layer));
    return isSoftmax && isDense ? candidate : undefined;
  }
  return undefined;
}

const isPointwise = (layer: Layer): boolean =>
  [layer.getConfig().kernelSize, layer.getConfig().kernel_size]
    .flat()
    .every((side) => side === undefined || side === 1);

type ModelOf = (inputs: SymbolicTensor[], output: SymbolicTensor) => LayersModel;

const isSequence = (model: LayersModel): model is Sequential => model.getClassName() === 'Sequential';

/**
 * The function from images to what a layer takes (`before`) or gives. Sequences are walked layer by layer, since a nested model
 * knows nothing of the outer one; others become a model of their own.
 */
function prefixTo({ layer, path }: Found, before: boolean, modelOf: ModelOf): Prefix {
  const [container, ...inner] = path;
  const target = inner.length > 0 ? (inner[0] as unknown as Layer) : layer;
  const stopsBefore = inner.length > 0 || before;
  const rest = inner.length > 0 ? prefixTo({ layer, path: inner }, before, modelOf) : undefined;
  const outer = isSequence(container!)
    ? sequencePart(container, target, stopsBefore)
    : graphPart(container!, target, stopsBefore, modelOf);
  return rest === undefined ? outer : (images) => rest(outer(images));
}

function sequencePart(sequence: LayersModel, target: Layer, before: boolean): Prefix {
  const layers = sequence.layers as Layer[];
  const steps = layers.slice(0, layers.indexOf(target) + (before ? 0 : 1));
  return (images) => steps.reduce((at, step) => step.apply(at) as tf.Tensor, images);
}

/** A part shares the layers of its model, and has nothing of its own to dispose. */
function graphPart(container: LayersModel, target: Layer, before: boolean, modelOf: ModelOf): Prefix {
  const [end] = [before ? target.getInputAt(0) : target.getOutputAt(0)].flat();
  if (container.inputs.includes(end!)) return (images) => images;
  const part = modelOf(container.inputs, end!);
  return (images) => part.predict(images) as tf.Tensor;
}

async function layersBackbone(
  model: LayersModel,
  options: TfjsOptions,
  tfjs: typeof import('@tensorflow/tfjs'),
): Promise<Backbone> {
  const { name = model.name, labels } = options;
  checkList('the inputs of the model', model.inputs);
  const [input, ...others] = model.inputs;
  if (input === undefined || others.length > 0 || model.outputs.length !== 1) {
    throw new ModelError(
      `${name}: it has ${model.inputs.length} inputs and ${model.outputs.length} outputs, but one of each is needed`,
    );
  }
  const imageShape = inputShape(input.shape, name, options.imageShape);
  checkInput(imageShape, name);
  const found = allLayers(model);
  const first = found.find(({ layer }) => layer.getConfig().dataFormat === 'channelsFirst');
  if (first !== undefined) {
    throw new ModelError(
      `${name}: ${first.layer.name} takes channels first, which TensorFlow.js cannot compute`,
      {
        hint: 'Convert it with channels last (NHWC).',
      },
    );
  }
  // Names of nested models carry counters of the process.
  const outputs = found
    .filter(({ layer }) => classOf(layer) !== 'InputLayer' && !isContainer(layer))
    .map(({ layer }) => layer.name);
  const classifier = options.output === undefined ? headOf(found, labels) : undefined;
  const chosen =
    classifier ??
    (options.output === undefined ? found.at(-1) : found.find(({ layer }) => layer.name === options.output));
  if (chosen === undefined) throw unknownOutput(name, options.output ?? '', outputs);
  const modelOf: ModelOf = (inputs, output) => tfjs.model({ inputs, outputs: output });
  const prefix = prefixTo(chosen, classifier !== undefined, modelOf);
  const weights = model.getWeights().map((tensor, i) => [String(i), tensor] as const);
  const parts = [...new Set(found.map(({ layer }) => classOf(layer)))];
  return {
    name,
    imageShape,
    preprocessing: options.preprocessing ?? '-1..1',
    output: classifier === undefined ? chosen.layer.name : `what ${classifier.layer.name} takes`,
    outputs,
    about: [
      `layers model of TensorFlow.js, ${outputs.length} layers of ${parts.length} kinds`,
      ...(classifierOf([chosen]) !== undefined && classifier === undefined
        ? ['it gives probabilities of classes, not features; name another output']
        : []),
    ],
    digest: await digestOf({
      topology: withoutCounters(model.getConfig()),
      weights: await weightDigests(weights),
    }),
    parameters: weights.reduce((sum, [, tensor]) => sum + tensor.size, 0),
    ...(labels === undefined ? {} : { labels }),
    async run(pixels) {
      const output = tf.tidy(() => prefix(tf.tensor(pixels, [1, ...imageShape])));
      return readOne(output, name);
    },
    dispose: () => disposeLayers(model),
  };
}

/** Frees a model. TensorFlow.js keeps the weights of models that stand in others. */
function disposeLayers(model: LayersModel): void {
  const weights = model.getWeights();
  model.dispose();
  for (const weight of weights) if (!weight.isDisposed) weight.dispose();
}

/** A topology whose models without a name have none that TensorFlow.js counted up. */
const withoutCounters = (config: unknown): unknown =>
  JSON.parse(
    JSON.stringify(config, (_, value) =>
      typeof value === 'string' ? value.replace(/^(sequential|model|functional)_?\d+$/, '$1') : value,
    ),
  );

/**
 * The layer that codes end before: the classifier; of a Teachable Machine project the first layer of its own, behind the
 * network that it builds on.
 */
function headOf(found: readonly Found[], labels: readonly string[] | undefined): Found | undefined {
  const classifier = classifierOf(found);
  const head = classifier?.path.at(-1);
  if (labels === undefined || head === undefined || classifier!.path.length < 2) return classifier;
  return found.find(({ path }) => path.at(-1) === head);
}
