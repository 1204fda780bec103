// Tries to take every lock of a folder at once with others like it, holds what it gets, and prints it. Ends with stdin.
import { once } from 'node:events';
import { join } from 'node:path';
import { whileLocked } from '../../dist/files/lock.js';

const [, , folder, count, start] = process.argv;
process.setMaxListeners(0);
const ended = once(process.stdin.resume(), 'end');
const won = [];
const tries = Array.from({ length: Number(count) }, async (_, place) => {
  await new Promise((resolve) => setTimeout(resolve, Number(start) + 10 * place - Date.now()));
  const hold = async (tried) => {
    won.push(place);
    tried();
    await ended;
  };
  let held;
  await new Promise((tried, fail) => {
    held = whileLocked(join(folder, String(place)), () => hold(tried));
    held.catch((error) => (/ is in use: process /.test(error.message) ? tried() : fail(error)));
  });
  return held.catch(() => undefined);
});
setTimeout(
  () => process.stdout.write(`${JSON.stringify(won)}\n`),
  Number(start) + 10 * count + 1500 - Date.now(),
);
await Promise.all(tries);
