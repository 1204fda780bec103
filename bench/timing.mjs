/** Milliseconds that `body` takes. */
export async function milliseconds(body) {
  const start = performance.now();
  await body();
  return performance.now() - start;
}

/** The same numbers in [0, 1) each time: a linear congruential generator, good enough to be pixels. */
export function noise(length) {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}
