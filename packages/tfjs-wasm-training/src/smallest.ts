/** The smallest of the numbers that it was offered, each with a key, in order; of equal ones those with smaller keys. */
export class Smallest {
  readonly keys: Int32Array;
  /** Infinite where fewer were offered. */
  readonly values: Float64Array;

  /** @param size how many it keeps, from 1 on */
  constructor(size: number) {
    this.keys = new Int32Array(size);
    this.values = new Float64Array(size);
  }

  clear(): this {
    this.values.fill(Number.POSITIVE_INFINITY);
    return this;
  }

  /** Takes what is smaller than the largest that it keeps. Numbers that are infinite or none at all are not. */
  offer(key: number, value: number): void {
    const { keys, values } = this;
    let place = values.length - 1;
    const largest = values[place]!;
    if (!(value < largest || (value === largest && value < Number.POSITIVE_INFINITY && key < keys[place]!)))
      return;
    for (; place > 0; place--) {
      const before = values[place - 1]!;
      if (before < value || (before === value && keys[place - 1]! < key)) break;
      values[place] = before;
      keys[place] = keys[place - 1]!;
    }
    values[place] = value;
    keys[place] = key;
  }
}
