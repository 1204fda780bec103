import { FunctionBuilder, types } from 'tfjs-wasm-training/assembler';
import { fastestWorkspace, type Loop, type Workspace } from './workspace.js';

/** Values are looked at in groups of so many, and so many of them at a time, which stay in the nearest cache. */
const GROUP = 16;
const CHUNK = 4096;

/** Fewer are looked at where they are. */
const FEW = 512;

let own: Workspace | undefined;

/**
 * True if the bits of any value are above `most`, both taken as integers without a sign after `mask` is laid over the value. Bits of
 * floats that are not negative are in the order of the floats, NaN above infinity.
 */
export function anyAbove(values: Float32Array, mask: number, most: number, workspace?: Workspace): boolean {
  if (values.length < FEW && workspace === undefined)
    return orOf(new Int32Array(values.buffer, values.byteOffset, values.length), mask, most) < 0;
  own ??= fastestWorkspace();
  const { floats, run } = workspace ?? own;
  const space = floats(CHUNK + 4);
  const found = new Int32Array(space.buffer, 4 * CHUNK, 4);
  for (let from = 0; from < values.length; from += CHUNK) {
    const length = Math.min(CHUNK, values.length - from);
    space.set(length === values.length ? values : values.subarray(from, from + length));
    const groups = Math.ceil(length / GROUP);
    space.fill(0, length, groups * GROUP);
    run(bitScan, 0, groups, mask, most, 4 * CHUNK);
    if ((found[0]! | found[1]! | found[2]! | found[3]!) < 0) return true;
  }
  return false;
}

/**
 * Writes four numbers, of which any is negative if a value is above `most`: `x | (most − x)` is so for an x above it. Parameters:
 * source, groups, mask, most, and where the result goes.
 */
const bitScan: Loop = {
  vectors() {
    const code = new FunctionBuilder('bitScan', Array(5).fill(types.i32));
    const [source, groups, mask, most, target] = [0, 1, 2, 3, 4] as const;
    const vector = () => code.local(types.v128);
    const [masks, bits] = [vector(), vector()];
    const largest = [vector(), vector(), vector(), vector()];
    code.get(mask).op('i32x4.splat').set(masks);
    code.repeat(groups, () => {
      largest.forEach((value, i) => {
        code
          .get(source)
          .memory('v128.load', 16 * i)
          .get(masks)
          .op('v128.and')
          .get(value)
          .op('i32x4.max_u')
          .set(value);
      });
      code.skip(source, 4 * GROUP);
    });
    for (const value of largest) code.get(value);
    code.op('i32x4.max_u').op('i32x4.max_u').op('i32x4.max_u').set(bits);
    code.get(target).get(bits).get(most).op('i32x4.splat').get(bits).op('i32x4.sub').op('v128.or');
    return code.memory('v128.store');
  },
  plain(memory, source, groups, mask, most, target) {
    const or = orOf(new Int32Array(memory, source, groups * GROUP), mask, most);
    new Int32Array(memory, target, 4).fill(or);
  },
};

/** Two chains side by side, so that a step need not wait for the one before. */
function orOf(bits: Int32Array, mask: number, most: number): number {
  const { length } = bits;
  let [even, odd] = [0, 0];
  let i = 0;
  for (; i + 1 < length; i += 2) {
    const [a, b] = [bits[i]! & mask, bits[i + 1]! & mask];
    even |= a | ((most - a) | 0);
    odd |= b | ((most - b) | 0);
  }
  if (i < length) even |= (bits[i]! & mask) | (most - (bits[i]! & mask));
  return even | odd;
}
