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
