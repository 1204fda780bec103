/**
 * Runs `load`, which loads the wasm backend, and gives the backend memory that threads can share, where the engine has that.
 *
 * ```ts
 * await onSharedMemory(() => tf.setBackend('wasm'));
 * ```
 *
 * TensorFlow.js does so only with threads of its own, which Node does not start. So `WebAssembly.instantiate` marks the memory
 * of the backend's program as shared while `load` runs: one bit of it.
 */
export async function onSharedMemory<Result>(load: () => Promise<Result>): Promise<Result> {
  const { instantiate } = WebAssembly;
  const instantiateShared = (source: BufferSource, imports: WebAssembly.Imports) => {
    const program = imports?.env?.emscripten_memcpy_big ? sharing(bytesOf(source)) : undefined;
    if (program === undefined) return instantiate(source, imports);
    return instantiate(program, imports).catch(() => instantiate(source, imports));
  };
  WebAssembly.instantiate = instantiateShared as typeof instantiate;
  try {
    return await load();
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}

function bytesOf(source: BufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

/** Number of the section that declares memory, and bits of its limits: it has a maximum; it is shared. */
const [MEMORY, MAXIMUM, SHARED] = [5, 1, 2];

/** Returns the program with its memory shared, or nothing if it has none with a maximum, which shared memory needs. */
function sharing(program: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  // After the magic number and version: sections, each with its number and length.
  for (let at = 8; at < program.length; ) {
    const section = program[at++];
    let length = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      length |= (program[at]! & 0x7f) << shift;
      more = program[at++]! > 0x7f;
    }
    if (section === MEMORY) {
      // After the number of memories, which is 1.
      const limits = at + 1;
      if ((program[limits]! & MAXIMUM) === 0) return undefined;
      const copy = Uint8Array.from(program);
      copy[limits]! |= SHARED;
      return copy;
    }
    at += length;
  }
  return undefined;
}
