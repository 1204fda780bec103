import type * as tf from '@tensorflow/tfjs';
import type { KernelCase } from './cases.mjs';

/** Makes the tensors of a case and returns what is timed. `ours` has the optimizer of this package. */
type Prepare = (library: typeof tf, one: KernelCase, ours: boolean) => () => unknown;

export const prepare: Readonly<Record<KernelCase['kind'], Prepare>>;
