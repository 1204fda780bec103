/**
 * An assembler for small WebAssembly modules with 128-bit vectors. It knows the instructions that the kernels use.
 */

/** Value types of WebAssembly, by their codes in the binary format. */
export const types = { i32: 0x7f, i64: 0x7e, f32: 0x7d, v128: 0x7b } as const;
export type ValueType = (typeof types)[keyof typeof types];

/** Operators that take their operands from the stack and have no immediate. */
const operators = {
  'i32.add': [0x6a],
  'i32.sub': [0x6b],
  'i32.mul': [0x6c],
  'i32.and': [0x71],
  'i32.shl': [0x74],
  'i32.shr_u': [0x76],
  'i64.add': [0x7c],
  'i64.and': [0x83],
  'i64.or': [0x84],
  'i64.xor': [0x85],
  'i64.shl': [0x86],
  'i64.rotl': [0x89],
  'f64.mul': [0xa2],
  'f64.convert_i64_s': [0xb9],
  'f32.sqrt': [0x91],
  'f32.add': [0x92],
  'f32.sub': [0x93],
  'f32.mul': [0x94],
  'f32.div': [0x95],
  'f32.eq': [0x5b],
  'f32.ne': [0x5c],
  'f32.lt': [0x5d],
  'f32.gt': [0x5e],
  'f32.le': [0x5f],
  'f32.ge': [0x60],
  'f32.min': [0x96],
  'f32.max': [0x97],
  select: [0x1b],
  'v128.and': [0xfd, 0x4e],
  'v128.any_true': [0xfd, 0x53],
  'v128.or': [0xfd, 0x50],
  'v128.bitselect': [0xfd, 0x52],
  'i8x16.narrow_i16x8_s': [0xfd, 0x65],
  'i16x8.narrow_i32x4_s': [0xfd, 0x85, 0x01],
  'i16x8.add': [0xfd, 0x8e, 0x01],
  'i16x8.relaxed_dot_i8x16_i7x16_s': [0xfd, 0x92, 0x02],
  'i32x4.splat': [0xfd, 0x11],
  'i32x4.eq': [0xfd, 0x37],
  'i32x4.gt_s': [0xfd, 0x3b],
  'i32x4.sub': [0xfd, 0xb1, 0x01],
  'i32x4.min_s': [0xfd, 0xb6, 0x01],
  'i32x4.max_s': [0xfd, 0xb8, 0x01],
  'i32x4.max_u': [0xfd, 0xb9, 0x01],
  'i32x4.trunc_sat_f64x2_s_zero': [0xfd, 0xfc, 0x01],
  'i32x4.add': [0xfd, 0xae, 0x01],
  'i32x4.dot_i16x8_s': [0xfd, 0xba, 0x01],
  'f32x4.splat': [0xfd, 0x13],
  'f32x4.demote_f64x2_zero': [0xfd, 0x5e],
  'f32x4.gt': [0xfd, 0x44],
  'f32x4.le': [0xfd, 0x45],
  'f32x4.abs': [0xfd, 0xe0, 0x01],
  'f32x4.sqrt': [0xfd, 0xe3, 0x01],
  'f32x4.add': [0xfd, 0xe4, 0x01],
  'f32x4.sub': [0xfd, 0xe5, 0x01],
  'f32x4.mul': [0xfd, 0xe6, 0x01],
  'f32x4.div': [0xfd, 0xe7, 0x01],
  'f32x4.pmin': [0xfd, 0xea, 0x01],
  'f32x4.pmax': [0xfd, 0xeb, 0x01],
  'i64x2.shl': [0xfd, 0xcb, 0x01],
  'i64x2.shr_u': [0xfd, 0xcd, 0x01],
  'i64x2.add': [0xfd, 0xce, 0x01],
  'i64x2.sub': [0xfd, 0xd1, 0x01],
  'f64x2.gt': [0xfd, 0x4a],
  'f64x2.sqrt': [0xfd, 0xef, 0x01],
  'f64x2.div': [0xfd, 0xf3, 0x01],
  'f64x2.promote_low_f32x4': [0xfd, 0x5f],
  'f64x2.floor': [0xfd, 0x75],
  'f64x2.add': [0xfd, 0xf0, 0x01],
  'f64x2.sub': [0xfd, 0xf1, 0x01],
  'f64x2.mul': [0xfd, 0xf2, 0x01],
  'f32x4.convert_i32x4_s': [0xfd, 0xfa, 0x01],
  'f32x4.relaxed_madd': [0xfd, 0x85, 0x02],
} as const;
export type Operator = keyof typeof operators;

/** Loads and stores, with the log2 of the alignment that they promise. */
const accesses = {
  'i32.load8_u': [[0x2d], 0],
  'i32.store': [[0x36], 2],
  'i32.store8': [[0x3a], 0],
  'i32.load': [[0x28], 2],
  'i64.load': [[0x29], 3],
  'i64.store': [[0x37], 3],
  'f64.store': [[0x39], 3],
  'f32.load': [[0x2a], 2],
  'f32.store': [[0x38], 2],
  'v128.load': [[0xfd, 0x00], 2],
  'v128.load64_zero': [[0xfd, 0x5d], 2],
  'v128.load64_splat': [[0xfd, 0x0a], 3],
  'v128.load32_zero': [[0xfd, 0x5c], 2],
  'v128.load32_splat': [[0xfd, 0x09], 2],
  'v128.store': [[0xfd, 0x0b], 2],
} as const;
export type Access = keyof typeof accesses;

/** One function body under construction. Locals are numbers, as in the binary format; parameters come first. */
export class FunctionBuilder {
  private readonly code: number[] = [];
  private readonly locals: ValueType[] = [];
  private readonly scratches = new Map<ValueType, number>();

  constructor(
    readonly name: string,
    readonly parameters: readonly ValueType[],
  ) {}

  /** Declares a local variable and returns its number. */
  local(valueType: ValueType): number {
    return this.parameters.length + this.locals.push(valueType) - 1;
  }

  /** Returns a local variable that holds a value for a moment only: the same one at each call. */
  scratch(valueType: ValueType): number {
    const known = this.scratches.get(valueType) ?? this.local(valueType);
    this.scratches.set(valueType, known);
    return known;
  }

  /** Pushes the local. */
  get(local: number): this {
    return this.emit(0x20, ...unsigned(local));
  }

  /** Pops into the local. */
  set(local: number): this {
    return this.emit(0x21, ...unsigned(local));
  }

  /** Pushes a constant. */
  i32(value: number): this {
    return this.emit(0x41, ...signed(value));
  }

  /** Pushes a constant of at most 31 bits. */
  i64(value: number): this {
    return this.emit(0x42, ...signed(value));
  }

  op(operator: Operator): this {
    return this.emit(...operators[operator]);
  }

  /** Loads or stores at the address on the stack plus `offset` bytes. */
  memory(access: Access, offset = 0): this {
    const [opcode, alignment] = accesses[access];
    return this.emit(...opcode, alignment, ...unsigned(offset));
  }

  /** Replaces the vector on the stack by the float in one of its lanes. */
  lane(index: number): this {
    return this.emit(0xfd, 0x1f, index);
  }

  /** Stores the two lower lanes of the vector on the stack at the address below it. */
  storeHalf(): this {
    return this.emit(0xfd, 0x5b, 2, 0, 0);
  }

  /** Replaces the vector on the stack by the integer in one of its lanes. */
  integerLane(index: number): this {
    return this.emit(0xfd, 0x1b, index);
  }

  /** Makes of the two vectors on the stack one of four lanes, named by 0 … 3 in the first and 4 … 7 in the second. */
  shuffle(...lanes: [number, number, number, number]): this {
    return this.emit(0xfd, 0x0d, ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)));
  }

  /** `target = source`. */
  copy(target: number, source: number): this {
    return this.get(source).set(target);
  }

  /** `target = target + amount`. */
  advance(target: number, amount: number): this {
    return this.get(target).get(amount).op('i32.add').set(target);
  }

  /** `target = target + bytes`. */
  skip(target: number, bytes: number): this {
    return this.get(target).i32(bytes).op('i32.add').set(target);
  }

  /** Runs `body` as often as the local `count` says (at least once), and leaves `count` at zero. */
  repeat(count: number, body: () => void): this {
    this.emit(0x03, 0x40);
    body();
    this.skip(count, -1).get(count);
    return this.emit(0x0d, 0x00, 0x0b);
  }

  /** Runs `body` if the i32 on the stack is not zero. */
  when(body: () => void): this {
    this.emit(0x04, 0x40);
    body();
    return this.emit(0x0b);
  }

  /** Pushes a constant. */
  f32(value: number): this {
    return this.emit(0x43, ...floatBytes(value));
  }

  /** Pushes a constant. */
  f64(value: number): this {
    return this.emit(0x44, ...new Uint8Array(new Float64Array([value]).buffer));
  }

  /** Pushes a constant vector. */
  f32x4(...lanes: [number, number, number, number]): this {
    return this.emit(0xfd, 0x0c, ...lanes.flatMap(floatBytes));
  }

  /** Pushes a constant vector. */
  i32x4(...lanes: [number, number, number, number]): this {
    return this.emit(0xfd, 0x0c, ...new Uint8Array(new Int32Array(lanes).buffer));
  }

  /** Pushes a constant vector. */
  f64x2(...lanes: [number, number]): this {
    return this.emit(0xfd, 0x0c, ...new Uint8Array(new Float64Array(lanes).buffer));
  }

  /** Returns the function's entry in the code section. */
  body(): number[] {
    const locals = this.locals.flatMap((valueType) => [1, valueType]);
    return sized(unsigned(this.locals.length).concat(locals, this.code, 0x0b));
  }

  private emit(...bytes: number[]): this {
    for (const byte of bytes) this.code.push(byte);
    return this;
  }
}

/** Returns a module that works on an imported memory (`env.memory`) and exports the functions by their names. */
export function assemble(
  functions: readonly FunctionBuilder[],
  sharedMemory: boolean,
): Uint8Array<ArrayBuffer> {
  const limits = sharedMemory ? [0x03, 0x00, ...unsigned(65_536)] : [0x00, 0x00];
  return new Uint8Array(
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00].concat(
      section(
        1,
        functions.map(({ parameters }) => [0x60, ...unsigned(parameters.length), ...parameters, 0x00]),
      ),
      section(2, [[...text('env'), ...text('memory'), 0x02, ...limits]]),
      section(
        3,
        functions.map((_, index) => unsigned(index)),
      ),
      section(
        7,
        functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]),
      ),
      section(
        10,
        functions.map((builder) => builder.body()),
      ),
    ),
  );
}

function section(id: number, entries: readonly number[][]): number[] {
  return [id].concat(sized(unsigned(entries.length).concat(...entries)));
}

/** Bytes behind their number. Concatenating arrays is many times as fast as spreading them. */
function sized(bytes: readonly number[]): number[] {
  return unsigned(bytes.length).concat(bytes);
}

function text(value: string): number[] {
  return sized([...new TextEncoder().encode(value)]);
}

/** LEB128, the variable-length integers of the binary format. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

function floatBytes(value: number): number[] {
  return [...new Uint8Array(new Float32Array([value]).buffer)];
}
