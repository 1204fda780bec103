import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '../src/assembler.js';
import './backends.js';
import { type Contraction, contractionFunctions, contractor, type Layout } from '../src/contraction.js';
import type { Calls } from '../src/threads.js';

const memory = new WebAssembly.Memory({ initial: 4 });
const heap = new Float32Array(memory.buffer);
const contractOf = (fused: boolean) => {
  const module = new WebAssembly.Module(assemble(contractionFunctions(fused), false));
  return contractor(new WebAssembly.Instance(module, { env: { memory } }).exports as Calls);
};

/** The definition, index by index. */
function reference(nest: Contraction): number[][] {
  const [count0, count1, count2] = nest.counts;
  return Array.from({ length: nest.rows }, (_, row) =>
    Array.from({ length: nest.columns }, (_, column) => {
      let sum = nest.accumulate ? heap[(nest.c + row * nest.cRow) / 4 + column]! : 0;
      for (let i = 0; i < count0; i++) {
        for (let j = 0; j < count1; j++) {
          for (let k = 0; k < count2; k++) {
            const a = nest.a + row * nest.aRow + i * nest.aSteps[0] + j * nest.aSteps[1] + k * nest.aSteps[2];
            const b = nest.b + column * 4 + i * nest.bSteps[0] + j * nest.bSteps[1] + k * nest.bSteps[2];
            sum += heap[a / 4]! * heap[b / 4]!;
          }
        }
      }
      return sum;
    }),
  );
}

const A = 0;
const B = 64 * 1024;
const C = 128 * 1024;
const count = (max: number) => fc.integer({ min: 1, max });
const stride = (max: number) => fc.integer({ min: 0, max }).map((floats) => floats * 4);

describe.each([
  { arithmetic: 'plain', fused: false },
  { arithmetic: 'fma', fused: true },
])('contractor, $arithmetic', ({ fused }) => {
  const contract = contractOf(fused);

  for (const layout of ['sum', 'rows'] as Layout[]) {
    it(`computes a nest (${layout})`, () => {
      const nests = fc.record({
        rows: count(9),
        columns: count(21),
        counts: fc.tuple(count(3), count(3), count(6)),
        aRow: stride(40),
        aSteps: fc.tuple(stride(99), stride(30), stride(9)),
        bSteps: fc.tuple(stride(99), stride(60), stride(40)),
        accumulate: fc.boolean(),
      });
      fc.assert(
        fc.property(nests, (drawn) => {
          for (let index = 0; index < heap.length; index++) heap[index] = Math.sin(index * 1.7);
          const nest: Contraction = { ...drawn, a: A, b: B, c: C, cRow: 100 };
          if (layout === 'rows') nest.aRow = 4;
          if (layout !== 'rows') nest.aSteps = [drawn.aSteps[0], drawn.aSteps[1], 4];
          const expected = reference(nest);
          const beyond = heap.slice(C / 4 + nest.columns, C / 4 + 25);
          contract(layout, nest);
          expected.forEach((row, r) => {
            row.forEach((value, c) => {
              expect(heap[C / 4 + r * 25 + c]! - value).toBeLessThan(1e-4);
              expect(value - heap[C / 4 + r * 25 + c]!).toBeLessThan(1e-4);
            });
          });
          expect(heap.slice(C / 4 + nest.columns, C / 4 + 25)).toEqual(beyond);
        }),
        { numRuns: 100 },
      );
    });
  }

  it('assembles for a shared memory too', () => {
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
    const module = new WebAssembly.Module(assemble(contractionFunctions(fused), true));
    expect(() => new WebAssembly.Instance(module, { env: { memory: shared } })).not.toThrow();
  });
});
