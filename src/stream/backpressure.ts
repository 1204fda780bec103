import { type Observable, Subject, takeUntil } from 'rxjs';
import { UsageError } from '../core/errors.js';

/** First in, first out; both ends in constant time, however long it grows. */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The oldest item. Ask `size` first: an item may be `undefined` itself. */
  shift(): T {
    const item = this.#items[this.#head] as T;
    this.#items[this.#head++] = undefined;
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes everything out. */
  drain(): T[] {
    const items = this.#items.slice(this.#head) as T[];
    this.#items = [];
    this.#head = 0;
    return items;
  }
}

/** Disposes an item that nobody will receive, if it owns anything; images are plain data and stay as they are. */
export function release(item: unknown): void {
  if (typeof item === 'object' && item !== null && 'dispose' in item && typeof item.dispose === 'function') {
    item.dispose();
  }
}

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

/** How long work may go on before the event loop has its turn, in milliseconds: half a frame of a display. */
const SLICE = 8;

/** Says when work has gone on for so long that the event loop should have its turn. */
export class TimeSlice {
  #start = performance.now();

  isOver(): boolean {
    return performance.now() - this.#start > SLICE;
  }

  begin(): void {
    this.#start = performance.now();
  }
}

/** What asks for items at the end of a pipeline. */
export interface Reader {
  /** Whether it has room for one more item. */
  wants(): boolean;
  /** Told when a source has got an item, or has begun. */
  wake(): void;
}

/**
 * How demand finds its way up a pipeline. An `Observable` has no means to say "one more, please", so a reader
 * (`toAsyncIterable`, `pullThrough`, …) subscribes while its own node is `DemandNode.current`, and `fromPull`, when it is
 * subscribed to in that moment, hangs itself below. Operators in between know nothing of it.
 *
 * Sources that are subscribed to while another one emits (the inner ones of `concatMap`) hang below that one. They are
 * asked in its place for as long as they live, so that no operator has to store what the outer source would bring.
 * Sources side by side (`merge`, `zip`) take turns.
 */
export class DemandNode {
  /** The node that a source belongs to if it is subscribed to now. */
  static current: DemandNode | undefined;

  readonly reader: Reader;
  readonly #emitNext: () => boolean;
  readonly #below = new Set<DemandNode>();
  #parent: DemandNode | undefined;
  #ended = false;

  /** `emitNext` emits one item, or the end, and returns true; or returns false when it has to wait for it. */
  constructor(above: DemandNode | Reader, emitNext: () => boolean = () => false) {
    this.#emitNext = emitNext;
    if (above instanceof DemandNode) {
      let parent = above;
      while (parent.#ended && parent.#parent !== undefined) parent = parent.#parent;
      this.reader = parent.reader;
      this.#parent = parent;
      parent.#below.add(this);
    } else {
      this.reader = above;
    }
  }

  /** What this node hangs below; the end of the pipeline hangs below nothing. */
  get parent(): DemandNode | undefined {
    return this.#parent;
  }

  /** Lets sources emit, each one item, until the reader has enough. False when all of them have to wait. */
  ask(): boolean {
    if (this.#below.size === 0) return this.#emitNext();
    let emitted = false;
    for (const node of [...this.#below]) {
      if (!this.reader.wants()) break;
      if (!this.#below.delete(node)) continue;
      this.#below.add(node);
      if (node.ask()) emitted = true;
    }
    return emitted;
  }

  /** Takes this node out; what hangs below it goes on below its parent. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const parent = this.#parent;
    if (parent === undefined) return;
    parent.#below.delete(this);
    for (const node of this.#below) {
      node.#parent = parent;
      parent.#below.add(node);
    }
    this.#below.clear();
  }
}

/** Runs `body`; sources that it subscribes to hang below `node`. */
export function below<R>(node: DemandNode | undefined, body: () => R): R {
  const before = DemandNode.current;
  DemandNode.current = node;
  try {
    return body();
  } finally {
    DemandNode.current = before;
  }
}

/** What a source says next: an item, an error, or that there is no more. */
export type Step<T> = { readonly value: T } | { readonly error: unknown } | 'end';

/** Items of a source, one at a time. */
export interface Feed<T> {
  /** The next step; undefined when it is not there yet, `arrived` is then called once it is. */
  take(): Step<T> | undefined;
  /** Asks for what may be asked for ahead. */
  fill(): void;
  /** Stops the source and releases what was asked for ahead. */
  close(): void;
}

/** A source that answers at once. There is nothing to gain from asking it ahead. */
export function syncFeed<T>(iterator: Iterator<T>): Feed<T> {
  let running = false;
  let ended = false;
  let closed = false;
  return {
    take() {
      running = true;
      try {
        const { value, done } = below(undefined, () => iterator.next());
        ended = done === true;
        if (!closed) return ended ? 'end' : { value };
        // Closed by its own doing, while it could not be told to stop.
        if (!ended) {
          release(value);
          iterator.return?.();
        }
        return 'end';
      } catch (error) {
        ended = true;
        return { error };
      } finally {
        running = false;
      }
    },
    fill() {},
    close() {
      if (closed) return;
      closed = true;
      if (!ended && !running) iterator.return?.();
    },
  };
}

/** A source that answers later: it is asked for one item after the other, up to `readAhead` before they are wanted. */
export function asyncFeed<T>(iterator: AsyncIterator<T>, readAhead: number, arrived: () => void): Feed<T> {
  const steps = new Queue<Step<T>>();
  let asked = false;
  let ended = false;
  let closed = false;

  function arrive(step: Step<T>) {
    asked = false;
    if (closed) {
      if (typeof step === 'object' && 'value' in step) release(step.value);
      return;
    }
    steps.push(step);
    feed.fill();
    arrived();
  }

  function ask() {
    if (asked || ended || closed) return;
    asked = true;
    below(undefined, async () => iterator.next()).then(
      ({ value, done }) => {
        ended = done === true;
        arrive(ended ? 'end' : { value });
      },
      (error: unknown) => {
        ended = true;
        arrive({ error });
      },
    );
  }

  const feed: Feed<T> = {
    take() {
      if (steps.size > 0) return steps.shift();
      ask();
      return undefined;
    },
    fill() {
      if (steps.size < readAhead) ask();
    },
    close() {
      if (closed) return;
      closed = true;
      for (const step of steps.drain()) if (typeof step === 'object' && 'value' in step) release(step.value);
      // Nobody listens any more to what goes wrong while the source stops.
      if (!ended) below(undefined, async () => iterator.return?.()).catch(() => {});
    },
  };
  return feed;
}

/** What can be pulled from: arrays, generators, async generators, Node streams. */
export type PullSource<T> = Iterable<T> | AsyncIterable<T>;

function isAsync<T>(source: PullSource<T>): source is AsyncIterable<T> {
  return Symbol.asyncIterator in source;
}

/** Throws a `UsageError` for what cannot be iterated over. */
export function assertPullSource(source: unknown): asserts source is PullSource<unknown> {
  const object = Object(source) as object;
  if (Symbol.asyncIterator in object || Symbol.iterator in object) return;
  throw new UsageError(`there is nothing to pull from in ${String(source)}`, {
    hint: 'Give an iterable, an async iterable, a Node stream, or a function that makes one.',
  });
}

/** Opens a source. `once` is true when it can be read only this one time. */
export function openFeed<T>(source: PullSource<T>, readAhead: number, arrived: () => void) {
  const iterator = isAsync(source) ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const feed = isAsync(source)
    ? asyncFeed(iterator as AsyncIterator<T>, readAhead, arrived)
    : syncFeed(iterator as Iterator<T>);
  return { feed, once: (iterator as unknown) === source };
}

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

/**
 * Stands at the end of a pipeline that was simply subscribed to: it always wants more, but leaves the event loop a turn
 * between two items, so that whoever wants to unsubscribe gets a chance to.
 */
export function pushReader(): DemandNode {
  let waiting = false;
  const reader: Reader = {
    wants: () => true,
    wake() {
      if (waiting) return;
      waiting = true;
      laterTurn(() => {
        waiting = false;
        if (node.ask()) reader.wake();
      });
    },
  };
  const node = new DemandNode(reader);
  return node;
}
