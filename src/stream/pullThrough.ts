import type { OperatorFunction } from 'rxjs';
import { UsageError } from '../core/errors.js';
import { checkFunction, checkStream } from '../core/kindChecks.js';
import { Reading } from './backpressure.js';
import { fromPull } from './fromPull.js';

/**
 * Runs the items of an iterable through RxJS operators at the pace of the reader.
 *
 * RxJS pushes: `from(endless)` never pauses for a slow consumer. Here each request feeds items in until one comes out, so
 * nothing is made before it is wanted. The operators must answer at once (`map`, `filter`, `toBatches`, …, not
 * `delay`). Leaving the loop closes the iterable and unsubscribes.
 *
 * ```ts
 * for (const batch of pullThrough(images, pipe(map(turn), toBatches(64, { classes })))) train(batch);
 * ```
 *
 * @see {@link toAsyncIterable} for sources and operators that answer later
 * @throws UsageError when an operator does not answer at once
 */
export function* pullThrough<T, U>(
  source: Iterable<T>,
  operators: OperatorFunction<T, U>,
): Generator<U, void, undefined> {
  checkFunction('the operators', operators, 'pullThrough');
  const reading: Reading<U> = new Reading<U>(
    { wants: () => reading.ready.size === 0, wake() {} },
    Number.POSITIVE_INFINITY,
  );
  try {
    const made = fromPull(source).pipe(operators);
    checkStream('what the operators make', made, 'pullThrough');
    reading.open(made, () => {});
    for (;;) {
      while (reading.ready.size > 0) yield reading.ready.shift();
      if (reading.ending !== undefined) break;
      if (!reading.ask()) {
        throw new UsageError('an operator did not answer at once', {
          hint: 'Use toAsyncIterable(fromPull(source).pipe(…)), which waits for it.',
        });
      }
    }
    if (reading.ending !== 'complete') throw reading.ending.error;
  } finally {
    reading.close();
  }
}
