import { DemandNode, type Reader } from './demand.js';
import { laterTurn } from './turn.js';

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
