import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { cases, operations } from '../bench/cases.mjs';
import { kernelTable } from '../bench/table.mjs';
import { prepare } from '../bench/tensorflow.mjs';
import { startWasm } from './backends.js';

const named = cases.map((one) => [one.name, one] as const);
const convolutions = named.filter(([, { kind }]) => kind === 'convolution');

describe('a case of the benchmark', () => {
  beforeAll(() => startWasm());

  it.each(named)('runs on these kernels: %s', async (_, one) => {
    tf.engine().startScope();
    const run = prepare[one.kind](tf, one, true);
    for (let step = 0; step < 2; step++) {
      const output = await run();
      if (output instanceof tf.Tensor) expect(output.size).toBeGreaterThan(0);
    }
    tf.engine().endScope();
  });

  it.each(convolutions)('counts the products of a plain sum: %s', (_, one) => {
    const { images, side, channels, kernel, filters, stride } = one;
    // Each output of ones by ones is the number of its products.
    const products = tf.tidy(() => {
      const filter = tf.ones<tf.Rank.R4>([kernel, kernel, channels, filters]);
      const outputs = tf.conv2d(tf.ones<tf.Rank.R4>([1, side, side, channels]), filter, stride, 'same');
      return outputs.sum().dataSync()[0]!;
    });
    expect(operations(one)).toBe(2 * images * products);
  });

  it('has a name of its own', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });
});

describe('the table of the benchmark', () => {
  const row = { name: 'a case', ours: 2, stock: null, native: null, pytorch: 1, gflops: 75 };

  it('leaves sides out that were not there, and says what is missing', () => {
    const rows = [row, { ...row, name: 'another', native: 20, gflops: null }];
    const machine = { cpu: 'an abacus', versions: { node: '20.0.0' } };
    const result = { machine, rounds: 3, arithmetic: 'plain', limit: 50, rows } as const;
    const [header, , first, second, , ...below] = kernelTable(result).split('\n');
    expect(header).toBe(
      '| case | ours, ms | native | PyTorch | native / ours | PyTorch / ours | GFLOP/s | of the limit |',
    );
    expect(first).toBe('| a case | 2.0 | – | 1.0 | – | 0.50× | 75 | 150 % |');
    expect(second).toBe('| another | 2.0 | 20 | 1.0 | 10× | 0.50× | – | – |');
    expect(below[0]).toContain('3 rounds on one thread of an abacus, Node 20.0.0');
    expect(below[2]).toContain('50 GFLOP/s, is that of a loop of multiplications and additions');
  });
});
