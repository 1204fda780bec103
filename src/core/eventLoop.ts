/**
 * Runs `body` in a later turn of the event loop, so that timers, input and network come in between. A resolved promise
 * would not do: its continuation runs before any of them.
 */
export function laterTurn(body: () => void): void {
  if (typeof setImmediate === 'function') {
    setImmediate(body);
    return;
  }
  // Browsers: a timer would wait for 4 ms each time, a message does not.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    body();
  };
  port2.postMessage(undefined);
}

/** Longest stretch of work before the event loop has its turn, in milliseconds: half a frame of a display. */
const SLICE = 8;

/** Measures a stretch of work, after which the event loop should have its turn. */
export class TimeSlice {
  #start = performance.now();

  isOver(): boolean {
    return performance.now() - this.#start > SLICE;
  }

  begin(): void {
    this.#start = performance.now();
  }
}
