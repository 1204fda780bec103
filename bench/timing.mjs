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

/** `count` gray images of 28×28 pixels, in turn of each class. */
export function drawings(count, classes) {
  const size = 28 * 28;
  const pixels = noise(count * size);
  return Array.from({ length: count }, (_, i) => ({
    pixels: pixels.subarray(i * size, (i + 1) * size),
    shape: [28, 28, 1],
    label: i % classes,
  }));
}
