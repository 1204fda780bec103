/**
 * Demand: how a reader at the end of a pipeline asks the sources at its start for items.
 *
 * An `Observable` cannot say "one more, please". So each reader (`toAsyncIterable`, `pullThrough`, …) is the root of a tree
 * of demand nodes, and each pull source (`fromPull`) that it reads is a node of that tree. A source finds its reader while
 * it is subscribed to: a reader subscribes with its own node as `DemandNode.current`, and the source becomes a child of
 * the node that is current. The operators in between know nothing of it.
 *
 * A source emits with its own node as the current one. So sources that are subscribed to meanwhile (the inner ones of
 * `concatMap`) become its children. As long as it has children, they are asked in its place: otherwise an operator would
 * have to store what the outer source brings. Siblings (sources of `merge`, `zip`) take turns.
 */
import { type Observable, Subject, takeUntil } from 'rxjs';
import { UsageError } from '../core/errors.js';
import { laterTurn } from '../core/eventLoop.js';

/** The end of a pipeline, which asks for items. */
export interface Reader {
  /** True if there is room for one more item. */
  wants(): boolean;
  /** Called when a source has got an item, or has begun. */
  wake(): void;
}

/** A reader or a pull source in a tree of demand. */
export class DemandNode {
  /** The node that a source becomes a child of if it is subscribed to now. */
  static current: DemandNode | undefined;

  readonly reader: Reader;
  readonly #emitNext: () => boolean;
  readonly #children = new Set<DemandNode>();
  #parent: DemandNode | undefined;
  #ended = false;

  /**
   * @param parent the node above, or the reader that this node is the root for. Of a parent that has ended, its nearest
   *   living ancestor is taken
   * @param emitNext emits one item, or the end, and returns true; or returns false when it has to wait for it
   */
  constructor(parent: DemandNode | Reader, emitNext: () => boolean = () => false) {
    this.#emitNext = emitNext;
    if (parent instanceof DemandNode) {
      let living = parent;
      while (living.#ended && living.#parent !== undefined) living = living.#parent;
      this.reader = living.reader;
      this.#parent = living;
      living.#children.add(this);
    } else {
      this.reader = parent;
    }
  }

  /** The node above; undefined for a root. */
  get parent(): DemandNode | undefined {
    return this.#parent;
  }

  /** Runs `body` with `node` as the current one: sources that it subscribes to become children of `node`. */
  static within<R>(node: DemandNode | undefined, body: () => R): R {
    const before = DemandNode.current;
    DemandNode.current = node;
    try {
      return body();
    } finally {
      DemandNode.current = before;
    }
  }

  /** Lets sources emit, each one item, until the reader has enough. False when all of them have to wait. */
  ask(): boolean {
    if (this.#children.size === 0) return this.#emitNext();
    let emitted = false;
    for (const child of [...this.#children]) {
      if (!this.reader.wants()) break;
      // The child moves to the end of the line. Where it is gone, it ended while a sibling emitted.
      if (!this.#children.delete(child)) continue;
      this.#children.add(child);
      if (child.ask()) emitted = true;
    }
    return emitted;
  }

  /** Removes this node; its children become children of its parent. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const parent = this.#parent;
    if (parent === undefined) return;
    parent.#children.delete(this);
    for (const child of this.#children) {
      child.#parent = parent;
      parent.#children.add(child);
    }
    this.#children.clear();
  }
}

/**
 * The reader of a pipeline that was simply subscribed to. It always wants more, but gives the event loop a turn between two
 * items, so that the subscriber has a chance to unsubscribe.
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

/** The end of a stream: an error, or none. */
export type Ending = { readonly error: unknown } | 'complete';

/** One subscription of a reader: asks the pull sources for more, and stores what comes until it is taken. */
export class Reading<T> {
  /** Items that came and were not taken yet. */
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
   * are stored. Items that come on request are always stored: an operator that emits them had them in memory before.
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
    DemandNode.within(this.#node, () =>
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

  /** Unsubscribes and releases the items that were not taken. */
  close(): void {
    this.ending ??= 'complete';
    this.#stop.next();
    for (const item of this.ready.drain()) release(item);
  }
}

function overflow(limit: number): UsageError {
  return new UsageError(`the stream brought ${limit} items before they were read, and goes on`, {
    hint: 'Make its source with fromPull, which waits for the reader, or raise bufferLimit.',
    option: 'bufferLimit',
  });
}

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

  /** Removes and returns the oldest item. Check `size` first: an item may be `undefined` itself. */
  shift(): T {
    const item = this.#items[this.#head] as T;
    this.#items[this.#head++] = undefined;
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Removes and returns all items. */
  drain(): T[] {
    const items = this.#items.slice(this.#head) as T[];
    this.#items = [];
    this.#head = 0;
    return items;
  }
}

/** Disposes an item that nobody will receive, if it owns anything. Images are plain data and stay as they are. */
export function release(item: unknown): void {
  if (typeof item === 'object' && item !== null && 'dispose' in item && typeof item.dispose === 'function') {
    item.dispose();
  }
}
