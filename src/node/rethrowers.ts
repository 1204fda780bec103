const events = ['uncaughtException', 'unhandledRejection'] as const;

/** A function that does nothing but throw its argument, at least unless that is an exit: readable or minified. */
const RETHROWS =
  /^(function\s*)?\(?\s*(\w+)\s*\)?\s*(=>)?\s*\{\s*(if\s*\(!\(\2 instanceof \w+\)\)\s*\{?\s*)?throw \2\b[;}\s]*$/;

/**
 * Runs `body`, and removes handlers of the process that came meanwhile and throw all they get. Code from emscripten, such
 * as TensorFlow.js for wasm, adds them when it starts: a process whose own handlers save it would then die.
 */
export async function withoutRethrowers<T>(body: () => Promise<T>): Promise<T> {
  const before = events.map((event) => process.listeners(event as 'uncaughtException'));
  try {
    return await body();
  } finally {
    for (const [i, event] of events.entries()) {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        const added = !before[i]!.includes(listener);
        if (added && RETHROWS.test(listener.toString())) process.off(event, listener);
      }
    }
  }
}
