import * as tf from '@tensorflow/tfjs';
import type { DatasetName } from '../../../src/cli/produce/dataset.js';
import { byteSource, type ImageSource } from '../../../src/data/imageSource.js';
import type { Model } from '../../../src/models/model.js';
import { tinyArchitecture, tinyModel } from '../../../test/models/tiny.js';
import type { Lab } from '../../reproduce/lab.js';
import type { EncoderKind, Scale } from '../../reproduce/recipes.js';

const SIDE = 12;
const CLASSES = 10;

/** Images of ten even shades, `each` of every class: class k is k/9 bright, but for one pixel that tells images apart. */
function shades(each: number): ImageSource {
  const count = CLASSES * each;
  const labels = Int32Array.from({ length: count }, (_, i) => i % CLASSES);
  const bytes = Uint8Array.from({ length: count * SIDE * SIDE }, (_, at) => {
    const i = Math.floor(at / (SIDE * SIDE));
    return at % (SIDE * SIDE) === 0 ? (7 * i) % 256 : (255 * labels[i]!) / (CLASSES - 1);
  });
  return byteSource(bytes, [SIDE, SIDE, 1], labels, [...Array(CLASSES).keys()]);
}

/** An order of shades in which neighbours are far apart. */
const SCRAMBLED = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9];

/**
 * An encoder of shades that needs no training: codes lie on a half circle, by shade for ATNL and scrambled for others.
 * Its decoder has learnt nothing.
 */
async function shadeEncoder({ learner }: EncoderKind): Promise<Model> {
  const model = await tinyModel(1, {
    ...tinyArchitecture,
    latentSpace: learner === 'atnl' ? 'sphere' : 'euclidean',
  });
  const encode = (images: tf.Tensor4D) =>
    tf.tidy(() => {
      const shade = images
        .slice([0, 1, 0, 0])
        .mean([1, 2, 3])
        .mul(CLASSES - 1)
        .round()
        .dataSync();
      const own = images.slice([0, 0, 0, 0], [-1, 1, 1, 1]).dataSync();
      const codes = Array.from(shade, (value, i) => {
        const place = learner === 'atnl' ? value : SCRAMBLED[value]!;
        const angle = ((place + 0.2 * own[i]!) / CLASSES) * Math.PI;
        return [Math.cos(angle), Math.sin(angle), 0, 0];
      });
      return tf.tensor2d(codes);
    });
  return { ...model, encode };
}

export const fakeScale: Scale = {
  name: 'quick',
  seeds: [1, 2],
  filters: 1,
  epochs: { mnist: 1, 'faces-stand-in': 1, lines: 1 },
  batchSize: 8,
  learningRate: 1e-3,
  points: 100,
  iterations: 20,
  judgeSteps: 2,
  pairs: 3,
  episodes: 1,
  queries: 2,
  small: true,
};

export interface FakeLab extends Lab {
  /** Encoders that were asked for. */
  readonly asked: readonly EncoderKind[];
  /** Names of the parts that were kept. */
  readonly parts: readonly string[];
}

/** A lab of shades in place of digits and faces, without files. */
export function fakeLab(): FakeLab {
  const asked: EncoderKind[] = [];
  const parts: string[] = [];
  const images = { train: shades(12), test: shades(12) };
  return {
    scale: fakeScale,
    signal: undefined,
    backend: 'wasm',
    asked,
    parts,
    dataset: async (name: DatasetName) => ({ name, ...images }),
    async encoder(kind) {
      asked.push(kind);
      if (kind.data !== 'lines') return shadeEncoder(kind);
      return tinyModel(kind.seed, {
        ...tinyArchitecture,
        imageShape: [32, 32, 1],
        latentSpace: kind.learner === 'atnl' ? 'sphere' : 'euclidean',
      });
    },
    fileOf: ({ learner }) => learner,
    async once(name, _, make) {
      parts.push(name);
      return make();
    },
    progress: () => () => {},
  };
}
