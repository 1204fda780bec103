import { type KernelResult, kernelTable } from '../../packages/tfjs-wasm-training/bench/table.mjs';
import { markdownTable, readResult } from './table.js';

interface BenchRow {
  readonly name: string;
  readonly backend: string;
  readonly peer: string;
  readonly ratio: number;
}

/** Our time over the peer's, by case and backend. */
function bench(): string {
  const { rows } = readResult<{ readonly rows: readonly BenchRow[] }>('bench');
  const cases = new Map(rows.map(({ name, peer }) => [`${name} ${peer}`, { name, peer }]));
  const ratio = (backend: string, { name, peer }: Pick<BenchRow, 'name' | 'peer'>) =>
    rows.find((row) => row.name === name && row.peer === peer && row.backend === backend)!.ratio.toFixed(2);
  return markdownTable(
    ['case', 'peer', 'wasm', 'native'],
    [...cases.values()].map((one) => [one.name, one.peer, ratio('wasm', one), ratio('native', one)]),
    'llrr',
  );
}

/** Kernels beside those of others. */
const benchKernels = () => kernelTable(readResult<KernelResult>('bench-kernels'));

/** Blocks on speed, by name. */
export const speedBlocks: Readonly<Record<string, () => string>> = { bench, 'bench-kernels': benchKernels };
