/**
 * A program that tries to take every lock of a folder at once with others like it, holds what it gets, and prints that. It
 * ends with stdin. Arguments: folder, number of locks, start as a time in milliseconds.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { whileLocked } from '../../src/node/lock.js';

const [folder, locks, startsAt] = process.argv.slice(2) as [string, string, string];
const [count, start] = [Number(locks), Number(startsAt)];
process.setMaxListeners(0);
const ended = once(process.stdin.resume(), 'end');
const won: number[] = [];
const attempts = Array.from({ length: count }, async (_, index) => {
  await new Promise((resolve) => setTimeout(resolve, start + 10 * index - Date.now()));
  await new Promise<void>((tried, fail) => {
    whileLocked(join(folder, String(index)), async () => {
      won.push(index);
      tried();
      await ended;
    }).catch((error) => (/ is in use: process /.test(error.message) ? tried() : fail(error)));
  });
});
setTimeout(() => process.stdout.write(`${JSON.stringify(won)}\n`), start + 10 * count + 1500 - Date.now());
await Promise.all([...attempts, ended]);
