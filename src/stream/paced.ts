import { from, Observable } from 'rxjs';
import { DemandNode } from './backpressure.js';
import { fromPull } from './fromPull.js';

/**
 * Returns a function like `from` whose items come one by one, as the reader of the pipeline asks for them; without a
 * reader it is `from`, and all items come at once. For operators that end with many items of their own (`hallucinate` with
 * `perClass`), which call it while they are being subscribed to.
 */
export function paced(): <T>(items: Iterable<T>) => Observable<T> {
  const reader = DemandNode.current;
  return <T>(items: Iterable<T>) =>
    new Observable<T>((subscriber) => {
      // After a pull source that was simply subscribed to, there is a node to ask only from now on.
      const parent = DemandNode.current ?? reader;
      const items$ = parent === undefined ? from(items) : fromPull(items);
      return DemandNode.within(parent, () => items$.subscribe(subscriber));
    });
}
