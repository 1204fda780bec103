import { type OperatorFunction, Subject } from 'rxjs';

/**
 * Runs the items of an iterable through RxJS operators at the pace of the reader.
 *
 * RxJS pushes: `from(endless)` never pauses for a slow consumer. Here each request feeds items in until one comes out,
 * so nothing is made before it is wanted. The operators must answer at once (`map`, `filter`, `toBatches`, …, not
 * `delay`). Leaving the loop closes the iterable and unsubscribes.
 *
 * ```ts
 * for (const batch of pullThrough(images, pipe(map(turn), toBatches(64, { classes })))) train(batch);
 * ```
 */
export function* pullThrough<T, U>(
  source: Iterable<T>,
  operators: OperatorFunction<T, U>,
): Generator<U, void, undefined> {
  const input = new Subject<T>();
  const ready: U[] = [];
  let failure: { readonly error: unknown } | undefined;
  let finished = false;
  const subscription = input.pipe(operators).subscribe({
    next: (item) => ready.push(item),
    error: (error: unknown) => {
      failure = { error };
    },
    complete: () => {
      finished = true;
    },
  });
  const ended = () => finished || failure !== undefined;
  try {
    while (ready.length > 0) yield ready.shift()!;
    if (!ended()) {
      for (const item of source) {
        input.next(item);
        while (ready.length > 0) yield ready.shift()!;
        if (ended()) break;
      }
    }
    if (failure === undefined) input.complete();
    while (ready.length > 0) yield ready.shift()!;
  } finally {
    subscription.unsubscribe();
  }
  if (failure !== undefined) throw failure.error;
}
