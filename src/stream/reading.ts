import { type Observable, Subject, takeUntil } from 'rxjs';
import { UsageError } from '../core/index.js';
import { below, DemandNode, type Reader } from './demand.js';
import { Queue } from './queue.js';
import { release } from './release.js';

/** How a stream ended. */
export type Ending = { readonly error: unknown } | 'complete';

/** The reading end of a pipeline: asks its pull sources for more, and stores what comes until it is taken. */
export class Reading<T> {
  /** What came and was not taken yet. */
  readonly ready = new Queue<T>();
  /** Set once nothing more will come. */
  ending: Ending | undefined;

  readonly #node: DemandNode;
  readonly #stop = new Subject<void>();
  readonly #limit: number;
  #asking = false;
  #opening = false;

  /**
   * At most `limit` items that come unasked are stored; one more ends the reading with a `UsageError`, after those that
   * are stored. What comes of asking is stored in any case: an operator that held it back had it in memory before.
   */
  constructor(reader: Reader, limit: number) {
    this.#node = new DemandNode(reader);
    this.#limit = limit;
  }

  /** Subscribes. `changed` is called after each item and at the end. */
  open(observable: Observable<T>, changed: () => void): void {
    const end = (ending: Ending) => {
      if (this.ending !== undefined) return;
      this.ending = ending;
      changed();
    };
    // Nothing is asked for before the whole pipeline is connected.
    this.#asking = true;
    this.#opening = true;
    below(this.#node, () =>
      observable.pipe(takeUntil(this.#stop)).subscribe({
        next: (item) => {
          if (this.ending !== undefined) release(item);
          else if (this.ready.size < this.#limit || (this.#asking && !this.#opening)) {
            this.ready.push(item);
            changed();
          } else {
            release(item);
            end({ error: overflow(this.#limit) });
            this.#stop.next();
          }
        },
        error: (error: unknown) => end({ error }),
        complete: () => end('complete'),
      }),
    );
    this.#opening = false;
    this.#asking = false;
  }

  /** Asks the sources once. False when nothing can come at once, or when a source is being asked right now. */
  ask(): boolean {
    if (this.#asking || this.ending !== undefined) return false;
    this.#asking = true;
    try {
      return this.#node.ask();
    } finally {
      this.#asking = false;
    }
  }

  /** Unsubscribes and releases what nobody took. */
  close(): void {
    this.ending ??= 'complete';
    this.#stop.next();
    for (const item of this.ready.drain()) release(item);
  }
}

function overflow(limit: number): UsageError {
  return new UsageError(`the stream brought ${limit} items before they were read, and goes on`, {
    hint: 'Make its source with fromPull, which waits for the reader, or raise bufferLimit.',
  });
}
