import * as tf from '@tensorflow/tfjs';
import { zipSync } from 'fflate';
import type { Picture } from '../../src/models/extractor.js';
import { noise } from './tiny.js';

/** Files of a model by their names. */
export type Files = Record<string, Uint8Array>;

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

export const json = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));

/** The same files with another `model.json`. */
export function changed(files: Files, change: (model: ReturnType<typeof json>) => void): Files {
  const model = json(files['model.json']!);
  change(model);
  return { ...files, 'model.json': text(model) };
}

/** Fills the weights of a model with numbers that depend on a seed alone. */
export function fill<Model extends tf.LayersModel>(model: Model, seed = 'weights'): Model {
  const weights = model.getWeights();
  const values = weights.map(({ shape, size }, i) =>
    tf.tensor(
      Float32Array.from(noise([1, 1, size], `${seed}${i}`), (value) => value - 0.4),
      shape,
    ),
  );
  model.setWeights(values);
  tf.dispose(values);
  return model;
}

/** The files that TensorFlow.js writes of a layers model. */
export async function savedLayers(model: tf.LayersModel): Promise<Files> {
  let files: Files = {};
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const manifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      files = {
        'model.json': text({ modelTopology, weightsManifest: manifest }),
        'weights.bin': new Uint8Array(weightData as ArrayBuffer),
      };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return files;
}

/** A network of 8×8 RGB images, as those of Keras are built: convolution, pooling, and a softmax of three classes. */
export function smallClassifier(): tf.LayersModel {
  const input = tf.input({ shape: [8, 8, 3], name: 'input_1' });
  const conv = tf.layers
    .conv2d({ filters: 5, kernelSize: 3, strides: 2, activation: 'relu', name: 'conv1' })
    .apply(input);
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' } as never).apply(conv);
  const dropped = tf.layers.dropout({ rate: 0.5, name: 'dropout' }).apply(pooled);
  const end = tf.layers.dense({ units: 3, activation: 'softmax', name: 'predictions' }).apply(dropped);
  return fill(tf.model({ inputs: input, outputs: end as tf.SymbolicTensor, name: 'small' }));
}

/**
 * A model as Teachable Machine builds it: a truncated network and its pooling in one sequence, two dense layers in another, and
 * both in a third.
 */
export function teachable(classes = 2): tf.LayersModel {
  const input = tf.input({ shape: [8, 8, 3], name: 'input_1' });
  const conv = tf.layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, name: 'Conv1' }).apply(input);
  const out = tf.layers.reLU({ maxValue: 6, name: 'out_relu' }).apply(conv);
  const truncated = tf.sequential();
  truncated.add(tf.model({ inputs: input, outputs: out as tf.SymbolicTensor, name: 'mobilenetv2' }));
  truncated.add(tf.layers.globalAveragePooling2d({ name: 'pooling' } as never));
  const head = tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [6], units: 4, activation: 'relu', name: 'dense_Dense1' }),
      tf.layers.dense({ units: classes, activation: 'softmax', useBias: false, name: 'dense_Dense2' }),
    ],
  });
  const joint = tf.sequential();
  joint.add(truncated);
  joint.add(head);
  return fill(joint, 'teachable');
}

/** The files of a Teachable Machine project of the classes `cat` and `dog`. */
export async function teachableFiles(): Promise<Files> {
  const model = teachable();
  const files = await savedLayers(model);
  model.dispose();
  const metadata = {
    tfjsVersion: '1.3.1',
    tmVersion: '2.4.7',
    packageVersion: '0.8.4-alpha2',
    packageName: '@teachablemachine/image',
    timeStamp: '2024-01-01T00:00:00.000Z',
    userMetadata: {},
    modelName: 'tm-my-image-model',
    labels: ['cat', 'dog'],
    imageSize: 8,
  };
  return { ...files, 'metadata.json': text(metadata) };
}

export const zipOf = (files: Files, folder = ''): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [folder + name, bytes])));

type Attributes = Record<string, unknown>;

/** The files of a graph model of 8×8 RGB images: convolution, mean of the places, and a softmax of three classes. */
export function graphFiles(): Files {
  const ints = (...values: number[]) => ({ list: { i: values.map(String) } });
  const f32 = { T: { type: 'DT_FLOAT' } };
  const node = (name: string, op: string, input: string[], attr: Attributes = {}) => ({
    name,
    op,
    input,
    attr,
  });
  const weights = [
    { name: 'conv/w', shape: [3, 3, 3, 5], dtype: 'float32' },
    { name: 'mean/axes', shape: [2], dtype: 'int32' },
    { name: 'fc/w', shape: [5, 3], dtype: 'float32' },
  ];
  const constant = ({ name, dtype }: { name: string; dtype: string }) =>
    node(name, 'Const', [], {
      dtype: { type: dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT' },
      value: { tensor: {} },
    });
  const side = (size: number) => ({ size: String(size) });
  const topology = {
    versions: { producer: 1 },
    node: [
      node('images', 'Placeholder', [], {
        dtype: { type: 'DT_FLOAT' },
        shape: { shape: { dim: [side(-1), side(8), side(8), side(3)] } },
      }),
      ...weights.map(constant),
      node('conv', 'Conv2D', ['images', 'conv/w'], {
        ...f32,
        strides: ints(1, 2, 2, 1),
        dilations: ints(1, 1, 1, 1),
        padding: { s: btoa('SAME') },
        data_format: { s: btoa('NHWC') },
      }),
      node('relu', 'Relu', ['conv'], f32),
      node('mean', 'Mean', ['relu', 'mean/axes'], { ...f32, keep_dims: { b: false } }),
      node('fc', 'MatMul', ['mean', 'fc/w'], {
        ...f32,
        transpose_a: { b: false },
        transpose_b: { b: false },
      }),
      node('probabilities', 'Softmax', ['fc'], f32),
    ],
  };
  const floats = Float32Array.from(noise([1, 1, 135 + 15], 'graph'), (value) => value - 0.4);
  const bytes = new Uint8Array(4 * (135 + 2 + 15));
  bytes.set(new Uint8Array(floats.slice(0, 135).buffer), 0);
  bytes.set(new Uint8Array(Int32Array.of(1, 2).buffer), 4 * 135);
  bytes.set(new Uint8Array(floats.slice(135).buffer), 4 * 137);
  return {
    'model.json': text({
      format: 'graph-model',
      modelTopology: topology,
      weightsManifest: [{ paths: ['group1-shard1of2.bin', 'group1-shard2of2.bin'], weights }],
    }),
    'group1-shard1of2.bin': bytes.slice(0, 100),
    'group1-shard2of2.bin': bytes.slice(100),
  };
}

/** A picture of noise. */
export const picture = (height: number, width: number, channels: 1 | 3, seed = 0): Picture => ({
  pixels: noise([height, width, channels], 'picture', seed),
  shape: [height, width, channels],
});

/** Length of a vector. */
export const lengthOf = (code: Float32Array): number => Math.hypot(...code);
