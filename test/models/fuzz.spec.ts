import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ModelError } from '../../src/core/errors.js';
import { decodeModel } from '../../src/models/model.js';
import { damage, damaged, fuzzRuns } from '../damage.js';
import { expectNoLeak } from '../tensors.js';
import { noiseBatch, onWasm, tinyArchitecture, tinyFile } from './tiny.js';

onWasm();

let whole: Uint8Array;
let header: Uint8Array;
let data: Uint8Array;
beforeAll(async () => {
  whole = await tinyFile();
  const end = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
  [header, data] = [whole.slice(8, end), whole.slice(end)];
});

/** A model file of these parts, which says that they are what was written. */
function fileOf(text: Uint8Array, values: Uint8Array): Uint8Array {
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const known = Buffer.from(text).toString('latin1').replace(digest(data), digest(values));
  const bytes = Buffer.concat([Buffer.alloc(8), Buffer.from(known, 'latin1'), values]);
  bytes.writeBigUInt64LE(BigInt(known.length));
  return Uint8Array.from(bytes);
}

/** Loads a file and uses the model as commands do: whatever comes out is of the right shape and finite. */
async function use(bytes: Uint8Array): Promise<void> {
  const model = await decodeModel(bytes, 'my.safetensors');
  try {
    const images = noiseBatch(1, model.imageShape);
    const codes = model.encode(images);
    const made = model.decode(codes);
    expect(made.shape).toEqual(images.shape);
    expect((await made.data()).every((value) => value >= 0 && value <= 1)).toBe(true);
    for (const code of model.base?.codes ?? []) expect(code.every(Number.isFinite)).toBe(true);
    for (const tensor of [images, codes, made]) tensor.dispose();
  } finally {
    model.dispose();
  }
}

describe('a damaged model file', () => {
  it.each<[string, (harm: (bytes: Uint8Array) => Uint8Array) => Uint8Array]>([
    ['anywhere', (harm) => harm(whole)],
    ['in its header', (harm) => fileOf(harm(header), data)],
    ['in its weights, with their digest', (harm) => fileOf(header, harm(data))],
  ])('%s is refused with its name, or gives a model that works', async (_, made) => {
    await use(made((bytes) => bytes));
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const before = process.memoryUsage.rss();
        const start = performance.now();
        await expectNoLeak(() =>
          use(made((bytes) => damaged(bytes, how))).catch((error: unknown) => {
            expect(error).toBeInstanceOf(ModelError);
            expect((error as ModelError).message).toMatch(/^my\.safetensors: /);
          }),
        );
        expect(performance.now() - start).toBeLessThan(5000);
        expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 28);
      }),
      { numRuns: fuzzRuns(150) },
    );
  });

  it.each([
    ['imageShape', [12_000, 12_000, 1]],
    ['latentSize', 4e6],
    ['filters', [4, 8e6]],
    ['filters', Array(6).fill(1e300)],
  ])('that asks for nets beyond all memory (%s %j) is refused before they are built', async (key, value) => {
    const text = Buffer.from(header).toString();
    const { __metadata__, ...tensors } = JSON.parse(text);
    const card = JSON.parse(__metadata__.card);
    card.architecture = { ...tinyArchitecture, [key]: value };
    const changed = JSON.stringify({
      __metadata__: { ...__metadata__, card: JSON.stringify(card) },
      ...tensors,
    });
    await expect(use(fileOf(Buffer.from(changed), data))).rejects.toThrow(
      /^my\.safetensors: its architecture has \S+ weights, but it holds \d+ values$/,
    );
  });
});
