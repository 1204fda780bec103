import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** What a process wrote to a stream of its own until it ended. Throws, naming `what` it is, when it failed. */
export async function said(child, stream, what) {
  const exit = once(child, 'exit');
  const output = await text(stream);
  const [code] = await exit;
  if (code !== 0) throw new Error(`${what} ended with ${code}`);
  return output;
}
