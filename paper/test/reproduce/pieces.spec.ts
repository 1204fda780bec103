import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fillWorkShard, mergeWork } from '../../../src/cli/machines/workFolder.js';
import { selectBackend } from '../../../src/node/selectBackend.js';
import type { Piece } from '../../reproduce/exhibit.js';
import { figure1 } from '../../reproduce/figure1.js';
import { openLab } from '../../reproduce/lab.js';
import { piecesOf } from '../../reproduce/pieces.js';
import { quick, type Scale } from '../../reproduce/recipes.js';

describe('piecesOf', () => {
  const piece = (name: string): Piece => ({ name, make: async () => name });

  it('gives every piece to one shard, all of a name to the same, and as many names to each', () => {
    const name = fc.constantFrom(...'abcdefghij');
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 40 }), fc.nat(), (names, any) => {
        const pieces = names.map(piece);
        const distinct = new Set(names).size;
        const of = 1 + (any % distinct);
        const shards = Array.from({ length: of }, (_, i) => piecesOf(pieces, [i + 1, of]));
        const sets = shards.map((shard) => new Set(shard.map((own) => own.name)));
        expect(shards.flat()).toHaveLength(pieces.length);
        expect(new Set(shards.flat())).toEqual(new Set(pieces));
        expect(sets.reduce((sum, { size }) => sum + size, 0)).toBe(distinct);
        const sizes = sets.map(({ size }) => size);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('refuses more shards than names', () => {
    expect(() => piecesOf([piece('a'), piece('a'), piece('b')], [1, 3])).toThrow(
      'there are 2 parts, too few for 3 shards',
    );
  });
});

describe('shards of an exhibit', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pieces-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const tiny: Scale = { ...quick, epochs: { ...quick.epochs, mnist: 1 }, limit: 256, tests: 200, points: 50 };

  it('give the result of one machine, whose encoders are trained once', async () => {
    const backend = await selectBackend('wasm');
    const trained: string[] = [];
    const lab = (name: string) => {
      const onProgress = (what: string, done: number) => {
        if (done === 1 && what.startsWith('Training')) trained.push(what);
      };
      return openLab({ work: join(folder, name), scale: tiny, backend, command: 'a test', onProgress });
    };
    const whole = await figure1.measure(lab('whole'));
    const encoders = trained.splice(0);
    expect(encoders).toHaveLength(2);
    for (const number of [1, 2]) {
      const name = `shard-${number}`;
      const work = { command: 'a test', about: {}, shard: [number, 2] as [number, number] };
      await fillWorkShard(join(folder, name), work, async () => {
        for (const piece of piecesOf(figure1.pieces(lab(name)), [number, 2])) await piece.make();
      });
      expect(trained).toHaveLength(number);
    }
    expect(trained.splice(0).toSorted()).toEqual(encoders.toSorted());
    await mergeWork([join(folder, 'shard-2'), join(folder, 'shard-1')], { out: join(folder, 'merged') });
    const merged = await figure1.measure(lab('merged'));
    expect(trained).toEqual([]);
    expect(JSON.stringify(merged)).toBe(JSON.stringify(whole));
  });
});
