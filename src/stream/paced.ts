import { from, Observable } from 'rxjs';
import { below, DemandNode } from './backpressure.js';
import { fromPull } from './fromPull.js';

/**
 * For operators that end with many items of their own (`hallucinate` with `perClass`). To be called while the operator is
 * being subscribed to; gives a function like `from` whose items come one by one, as whoever reads the pipeline asks for
 * them. Where nobody asks, it is `from`: all items come at once.
 */
export function paced(): <T>(items: Iterable<T>) => Observable<T> {
  const reader = DemandNode.current;
  return <T>(items: Iterable<T>) =>
    new Observable<T>((subscriber) => {
      // Below a pull source that was simply subscribed to, there is something to ask only from then on.
      const above = DemandNode.current ?? reader;
      const items$ = above === undefined ? from(items) : fromPull(items);
      return below(above, () => items$.subscribe(subscriber));
    });
}
