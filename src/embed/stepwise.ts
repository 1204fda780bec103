import type { EmbeddingOptions } from './options.js';

/** How long others may have to wait for their turn, in milliseconds. */
const TURN = 40;

const othersTurn = () => new Promise<void>((resolve) => setTimeout(resolve));

/**
 * Does the steps of a long computation, and lets timers, input and signals have their turn between them.
 *
 * @throws the reason of the signal once it is aborted
 */
export async function stepwise(
  steps: number,
  step: () => void,
  { signal, onProgress }: Pick<EmbeddingOptions, 'signal' | 'onProgress'>,
): Promise<void> {
  let begun = performance.now();
  for (let done = 1; done <= steps; done++) {
    step();
    onProgress?.(done, steps);
    if (performance.now() - begun > TURN) {
      await othersTurn();
      begun = performance.now();
    }
    signal?.throwIfAborted();
  }
}
