import { setTimeout } from 'node:timers/promises';

const FOR_EVER = 3_600_000;

/** A worker of tests: gives back its word, at once or when its gate is opened; or fails with it, or never ends. */
export default async function work({ word, gate, fails, endless }) {
  if (gate !== undefined) Atomics.wait(gate, 0, 0);
  if (endless) await setTimeout(FOR_EVER);
  if (fails) throw new RangeError(word);
  return word.toUpperCase();
}
