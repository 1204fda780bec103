/** A case: medians of milliseconds, null where a side is missing or cannot compute it. */
export interface KernelRow {
  readonly name: string;
  readonly ours: number;
  readonly stock: number | null;
  readonly native: number | null;
  readonly pytorch: number | null;
  /** Of a plain sum, over our time; null where a case hardly adds. */
  readonly gflops: number | null;
}

/** What `run.mjs --json` writes, as far as the table needs it. */
export interface KernelResult {
  readonly machine: { readonly cpu: string; readonly versions: { readonly node: string } };
  readonly rounds: number;
  readonly arithmetic: 'fma' | 'plain';
  /** Most GFLOP/s of one thread. */
  readonly limit: number;
  readonly rows: readonly KernelRow[];
}

export function kernelTable(result: KernelResult): string;
