/** Long work in parts, which depend on their number alone: any machine can do any of them, in any order. */
export interface Work<About extends object, Value> {
  /** What all values depend on, and what a result tells beside them. The same work has the same on every machine. */
  readonly about: About;
  /** Number of parts. */
  readonly parts: number;
  /** Most parts of a job on a queue. Default: 50. */
  readonly most?: number;
  /** Does some parts, in their order or another, and returns their values in the order of `parts`. About and values are JSON. */
  run(parts: readonly number[], options?: RunOptions<Value>): Promise<Value[]>;
}

export interface RunOptions<Value> {
  /** Called with each value as soon as it is there. */
  readonly onValue?: (part: number, value: Value) => void | Promise<void>;
  /** Threads that these parts take. Default: all. */
  readonly threads?: number;
  /** Called at the start, and after each step. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The numbers of all parts. */
export const allParts = ({ parts }: { readonly parts: number }): number[] => [...Array(parts).keys()];

/** Seconds to a tenth, as results tell them. */
export const secondsSince = (start: number): number => Math.round((performance.now() - start) / 100) / 10;
