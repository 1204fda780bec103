/** A case, as data; which fields there are depends on its kind. */
export interface KernelCase {
  readonly name: string;
  readonly kind: 'convolution' | 'product' | 'pool' | 'adam' | 'training';
  readonly images: number;
  readonly side: number;
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly filters: number;
  readonly pass: string;
}

export const cases: readonly KernelCase[];

export function operations(one: KernelCase): number | undefined;
