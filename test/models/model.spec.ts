import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/core/errors.js';
import type { Architecture } from '../../src/models/architecture.js';
import { baseCodes, baseTensors } from '../../src/models/baseCodes.js';
import { convolutionalAutoencoder } from '../../src/models/convolutional.js';
import { decodeModel, encodeModel, readWeights } from '../../src/models/model.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  packTensors,
  type StoredTensor,
  sha256,
} from '../../src/models/safetensors.js';
import { expectNoLeak } from '../tensors.js';
import { noiseBatch, onWasm, tinyArchitecture, tinyBase, tinyCard, tinyFile } from './tiny.js';

onWasm();

/** What a model file holds, to be changed. */
interface Parts {
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

/** A model file that was changed by someone who knows how: its digest fits its weights. */
async function forged(change: (parts: Parts) => void): Promise<Uint8Array> {
  const { tensors, metadata } = decodeSafetensors(await tinyFile(), 'tiny');
  const parts = { tensors: new Map(tensors), metadata: { ...metadata } };
  change(parts);
  const digest = await sha256(packTensors(parts.tensors, 'F16'));
  return encodeSafetensors(parts.tensors, { ...parts.metadata, sha256: digest }, 'F16');
}

/** Expects bytes to be refused with the file's name and some words, and nothing to stay in memory. */
async function expectRefused(bytes: Uint8Array, words: RegExp): Promise<void> {
  await expectNoLeak(async () => {
    const error: unknown = await decodeModel(bytes, 'my.safetensors').then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ModelError);
    expect((error as ModelError).message).toMatch(/^my\.safetensors: /);
    expect((error as ModelError).message).toMatch(words);
  });
}

describe('a model file', () => {
  it('gives back card and weights, these to half precision', async () => {
    const autoencoder = convolutionalAutoencoder(tinyArchitecture, 9);
    const model = await decodeModel(await encodeModel(autoencoder, tinyCard()), 'tiny');
    expect(model.card).toEqual(tinyCard());
    const [before, after] = [readWeights(autoencoder), readWeights(model)];
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [name, { shape, values }] of before) {
      const found = after.get(name)!;
      expect(found.shape).toEqual(shape);
      // Halves have 11 significant bits, and steps of 2^-24 near 0.
      values.forEach((value, i) => {
        expect(Math.abs(found.values[i]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11 + 2 ** -25);
      });
    }
    autoencoder.dispose();
    model.dispose();
  });

  it('computes after a second round trip exactly what it computed after the first', async () => {
    const first = await decodeModel(await tinyFile(3), 'tiny');
    const second = await decodeModel(await encodeModel(first, first.card, first.base), 'tiny');
    tf.tidy(() => {
      const images = noiseBatch(3, tinyArchitecture.imageShape);
      const codes = first.encode(images);
      expect(second.encode(images).dataSync()).toEqual(codes.dataSync());
      expect(second.decode(codes).dataSync()).toEqual(first.decode(codes).dataSync());
    });
    expect(second.base).toEqual(first.base);
    expect(second.digest).toBe(first.digest);
    expect(first.digest).toMatch(/^[0-9a-f]{64}$/);
    first.dispose();
    second.dispose();
  });

  it('gives back a variational autoencoder with its distributions', async () => {
    const architecture: Architecture = { ...tinyArchitecture, latentSpace: 'euclidean', variational: true };
    const autoencoder = convolutionalAutoencoder(architecture, 9);
    const model = await decodeModel(await encodeModel(autoencoder, tinyCard(architecture)), 'tiny');
    expect(model.latentSpace).toBe('euclidean');
    tf.tidy(() => {
      const images = noiseBatch(3, tinyArchitecture.imageShape);
      const [before, after] = [autoencoder.posterior!(images), model.posterior!(images)];
      for (const part of ['mean', 'logVariance'] as const) {
        const values = after[part].dataSync();
        for (const [i, value] of before[part].dataSync().entries()) expect(values[i]).toBeCloseTo(value, 2);
      }
    });
    autoencoder.dispose();
    model.dispose();
  });

  it('of a variational autoencoder on the sphere is refused', async () => {
    const autoencoder = convolutionalAutoencoder(tinyArchitecture, 9);
    const card = tinyCard({ ...tinyArchitecture, variational: true });
    await expectRefused(await encodeModel(autoencoder, card), /card is wrong at architecture.*euclidean/);
    autoencoder.dispose();
  });

  it('has another digest when it has other weights', async () => {
    const [one, other] = [
      await decodeModel(await tinyFile(1), 'a'),
      await decodeModel(await tinyFile(2), 'b'),
    ];
    expect(one.digest).not.toBe(other.digest);
    one.dispose();
    other.dispose();
  });

  it('gives back base codes to half precision, and has another digest without them', async () => {
    const model = await decodeModel(await tinyFile(), 'tiny');
    const bare = await decodeModel(await encodeModel(model, model.card), 'tiny');
    const { codes, classes } = tinyBase();
    // Class by class, as the file has them.
    const order = classes.flat();
    expect(model.base!.classes).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    for (const [i, code] of model.base!.codes.entries())
      for (const [j, value] of code.entries()) expect(value).toBeCloseTo(codes[order[i]!]![j]!, 3);
    expect(bare.base).toBeUndefined();
    expect(bare.digest).not.toBe(model.digest);
    bare.dispose();
    model.dispose();
  });

  it('is refused with base codes of another size, or without their classes', async () => {
    const autoencoder = convolutionalAutoencoder(tinyArchitecture, 1);
    const wrong = baseCodes([Float32Array.of(1, 0), Float32Array.of(0, 1)], [0, 0]);
    const bytes = await encodeModel(autoencoder, tinyCard(), wrong);
    await expect(decodeModel(bytes, 'my.safetensors')).rejects.toThrow(
      /my\.safetensors: its base codes are \[2,2\]/,
    );
    autoencoder.dispose();
  });

  it('is freed whole', async () => {
    await expectNoLeak(async () => (await decodeModel(await tinyFile(), 'tiny')).dispose());
  });

  it('is refused when a weight was altered', async () => {
    const bytes = await tinyFile();
    bytes[bytes.length - 1]! ^= 1;
    await expectRefused(bytes, /altered/);
  });

  it('is refused when its digest is missing or another', async () => {
    const { tensors, metadata } = decodeSafetensors(await tinyFile(), 'tiny');
    const { sha256: _, ...rest } = metadata;
    await expectRefused(encodeSafetensors(tensors, rest, 'F16'), /altered/);
    await expectRefused(encodeSafetensors(tensors, { ...rest, sha256: '0' }, 'F16'), /altered/);
  });

  it.each(['fewshot.model/0', 'fewshot.model/2', ''])(
    'is refused when its version is "%s"',
    async (schema) => {
      await expectRefused(
        await forged(({ metadata }) => void Object.assign(metadata, { schema })),
        new RegExp(`version ${schema}.*fewshot\\.model/1`),
      );
    },
  );

  it('is refused when it has no version', async () => {
    await expectRefused(await forged(({ metadata }) => void delete metadata.schema), /version unknown/);
  });

  it('is refused when a weight is missing, and names it', async () => {
    await expectRefused(
      await forged(({ tensors }) => void tensors.delete('encoder/code/bias')),
      /encoder\/code\/bias is missing/,
    );
  });

  it('is refused when it holds a weight too many', async () => {
    await expectRefused(
      await forged(({ tensors }) => void tensors.set('extra', { shape: [1], values: Float32Array.of(1) })),
      /extra/,
    );
  });

  it('is refused when a weight has another shape', async () => {
    await expectRefused(
      await forged(({ tensors }) => {
        const { shape, values } = tensors.get('encoder/code/kernel')!;
        tensors.set('encoder/code/kernel', { shape: [...shape].reverse(), values });
      }),
      /encoder\/code\/kernel is \[4,72\].*\[72,4\]/,
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('is refused when a weight holds %s', async (value) => {
    await expectRefused(
      await forged(({ tensors }) => {
        tensors.get('encoder/conv0/kernel')!.values[3] = value;
      }),
      /encoder\/conv0\/kernel holds values that are not finite/,
    );
  });

  it('is refused without a card, or with one that is not JSON', async () => {
    await expectRefused(await forged(({ metadata }) => void delete metadata.card), /card is not JSON/);
    await expectRefused(
      await forged(({ metadata }) => void Object.assign(metadata, { card: '{' })),
      /card is not JSON/,
    );
  });

  it.each<[string, Record<string, unknown>]>([
    ['seed', { seed: undefined }],
    ['extra', { extra: 1 }],
    ['data.labelled', { data: { ...tinyCard().data, labelled: 'yes' } }],
    ['architecture.latentSize', { architecture: { ...tinyArchitecture, latentSize: 0 } }],
    ['architecture.filters', { architecture: { ...tinyArchitecture, filters: [] } }],
  ])('is refused when its card is wrong at %s', async (at, change) => {
    const card = JSON.stringify({ ...tinyCard(), ...change });
    await expectRefused(
      await forged(({ metadata }) => void Object.assign(metadata, { card })),
      new RegExp(`card is wrong at ${at}:`),
    );
  });

  it('cut off after any byte is refused', async () => {
    const bytes = await tinyFile();
    const lengths = Array.from({ length: Math.ceil(bytes.length / 37) }, (_, i) => i * 37);
    for (const length of [...lengths, bytes.length - 1]) {
      await expectRefused(bytes.subarray(0, length), /./);
    }
  });

  it('with altered bytes is refused or holds the same weights and base codes', async () => {
    const bytes = await tinyFile();
    const wanted = decodeSafetensors(bytes, 'tiny').tensors;
    const change = fc.record({ at: fc.nat(bytes.length - 1), flip: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, flip }) => {
        const altered = bytes.slice();
        altered[at]! ^= flip;
        try {
          const model = await decodeModel(altered, 'tiny');
          expect(new Map([...readWeights(model), ...baseTensors(model.base!)])).toEqual(wanted);
          model.dispose();
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
