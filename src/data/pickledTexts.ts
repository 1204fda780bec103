/** What a pickle of texts may hold beside them. Nothing is called: each is an entry of a list or a mark on it. */
type Item = string | number | bigint | boolean | null | Uint8Array | Item[] | Made;

/** A name of Python, or what calling it would give. */
interface Made {
  readonly name: string;
  readonly from?: Item;
  state?: Item;
}

const isMade = (item: Item | undefined): item is Made =>
  typeof item === 'object' && item !== null && 'name' in item;

/** Names that NumPy writes for an array of objects, in any of its versions. */
const known =
  /^(numpy(\._?core\.multiarray)? (_reconstruct|scalar|ndarray|dtype)|numpy\._core\._internal _convert_to_stringdtype_kwargs|_codecs encode)$/;

/**
 * The values of a one-dimensional NumPy array of objects, read from its pickle (protocols 2 to 5) without running any of it: texts,
 * bytes, numbers, `null`. Gives `undefined` for a pickle of anything else.
 */
export function pickledTexts(
  bytes: Uint8Array,
): readonly (string | number | bigint | boolean | null)[] | undefined {
  try {
    const array = unpickle(bytes);
    const list = isMade(array) && Array.isArray(array.state) ? array.state[4] : undefined;
    if (!Array.isArray(list)) return undefined;
    return list.map((item) => {
      const value = isMade(item) ? scalarOf(item) : item;
      if (value instanceof Uint8Array) return new TextDecoder('utf-8', { fatal: true }).decode(value);
      if (typeof value === 'object' && value !== null) throw new Error('neither text nor number');
      return value;
    });
  } catch {
    return undefined;
  }
}

/** The text of `numpy.str_` or `numpy.bytes_`. */
function scalarOf({ name, from }: Made): string | Uint8Array {
  const [type, bytes] = Array.isArray(from) ? from : [];
  const [code] = isMade(type) && Array.isArray(type.from) ? type.from : [];
  if (!name.endsWith(' scalar') || typeof code !== 'string' || !(bytes instanceof Uint8Array))
    throw new Error(name);
  if (/^S\d+$/.test(code)) return bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
  const order = isMade(type) && Array.isArray(type.state) ? type.state[1] : undefined;
  if (!/^U\d+$/.test(code) || order !== '<') throw new Error(code);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const points = Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
  return String.fromCodePoint(...points).replace(/\0+$/, '');
}

/** Opcodes of pickle: https://github.com/python/cpython/blob/main/Lib/pickletools.py. Throws an error at any other. */
function unpickle(bytes: Uint8Array): Item {
  const stack: Item[] = [];
  const marks: number[] = [];
  const memo = new Map<number, Item>();
  let at = 0;
  const pop = (): Item => {
    if (stack.length <= (marks.at(-1) ?? 0)) throw new Error('nothing there');
    return stack.pop()!;
  };
  const top = (): Item => {
    const item = pop();
    stack.push(item);
    return item;
  };
  const popMark = (): Item[] => {
    const mark = marks.pop();
    if (mark === undefined) throw new Error('no mark');
    return stack.splice(mark);
  };
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > bytes.length) throw new Error('cut short');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const byte = () => take(1)[0]!;
  const next = (length: number) => {
    const { buffer, byteOffset } = take(length);
    return new DataView(buffer, byteOffset, length);
  };
  const word = () => next(4).getUint32(0, true);
  const long = () => Number(next(8).getBigUint64(0, true));
  const text = (length: number) => new TextDecoder('utf-8', { fatal: true }).decode(take(length));
  const line = () => text(bytes.indexOf(10, at) - at + 1).slice(0, -1);
  const named = (module: Item, name: Item): Made => {
    const full = `${module} ${name}`;
    if (!known.test(full)) throw new Error(full);
    return { name: full };
  };
  const call = (made: Item, from: Item): Item => {
    if (!isMade(made)) throw new Error('no name');
    const [content] = Array.isArray(from) ? from : [];
    // Protocol 2 writes bytes as the text of their Latin letters.
    if (made.name === '_codecs encode' && typeof content === 'string') {
      return Uint8Array.from(content, (letter) => letter.charCodeAt(0));
    }
    return { name: made.name, from };
  };
  const build = (state: Item) => {
    const made = top();
    if (!isMade(made)) throw new Error('no state');
    made.state = state;
  };
  const append = (items: readonly Item[]) => {
    const list = top();
    if (!Array.isArray(list)) throw new Error('no list');
    for (const item of items) list.push(item);
  };
  const integer = (length: number): bigint => {
    const digits = take(length);
    const value = digits.reduceRight((sum, digit) => sum * 256n + BigInt(digit), 0n);
    return BigInt.asIntN(8 * Math.max(1, length), value);
  };
  const recall = (key: number): Item => {
    if (!memo.has(key)) throw new Error('no memo');
    return memo.get(key)!;
  };

  const opcodes: Readonly<Record<string, () => void>> = {
    '\x80': () => void byte(),
    '\x95': () => void take(8),
    '(': () => void marks.push(stack.length),
    N: () => void stack.push(null),
    '\x88': () => void stack.push(true),
    '\x89': () => void stack.push(false),
    K: () => void stack.push(byte()),
    M: () => void stack.push(next(2).getUint16(0, true)),
    J: () => void stack.push(next(4).getInt32(0, true)),
    G: () => void stack.push(next(8).getFloat64(0)),
    '\x8a': () => void stack.push(integer(byte())),
    '\x8c': () => void stack.push(text(byte())),
    X: () => void stack.push(text(word())),
    '\x8d': () => void stack.push(text(long())),
    C: () => void stack.push(take(byte())),
    B: () => void stack.push(take(word())),
    '\x8e': () => void stack.push(take(long())),
    U: () => void stack.push(text(byte())),
    T: () => void stack.push(text(word())),
    ']': () => void stack.push([]),
    ')': () => void stack.push([]),
    t: () => void stack.push(popMark()),
    '\x85': () => void stack.push([pop()]),
    '\x86': () => void stack.push([pop(), pop()].reverse()),
    '\x87': () => void stack.push([pop(), pop(), pop()].reverse()),
    a: () => append([pop()]),
    e: () => append(popMark()),
    c: () => void stack.push(named(line(), line())),
    '\x93': () => void stack.push(((name) => named(pop(), name))(pop())),
    R: () => void stack.push(((from) => call(pop(), from))(pop())),
    b: () => build(pop()),
    '\x94': () => void memo.set(memo.size, top()),
    q: () => void memo.set(byte(), top()),
    r: () => void memo.set(word(), top()),
    h: () => void stack.push(recall(byte())),
    j: () => void stack.push(recall(word())),
  };
  for (;;) {
    const opcode = String.fromCharCode(byte());
    if (opcode === '.') return pop();
    const run = opcodes[opcode];
    if (run === undefined) throw new Error(`opcode ${opcode}`);
    run();
  }
}
