/** Disposes an item that nobody will receive, if it owns anything; images are plain data and stay as they are. */
export function release(item: unknown): void {
  if (typeof item === 'object' && item !== null && 'dispose' in item && typeof item.dispose === 'function') {
    item.dispose();
  }
}
