import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as errors from '../../core/errors.js';
import { workerFile } from '../../node/packageFiles.js';
import type { Job } from './job.js';
import type { OpenWork } from './openWork.js';
import type { AnyWork } from './works.js';

/** An error between processes. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What a worker asks of its process. */
export type Asked =
  | {
      readonly kind: 'open';
      readonly about: Job['about'];
      readonly workers: number;
      readonly store: string;
    }
  | { readonly kind: 'run'; readonly number: number; readonly parts: readonly number[] }
  | { readonly kind: 'close' };

/** What the process answers: 0 is the number of the opening. */
export type Answered = { readonly number: number } & (
  | { readonly value: unknown }
  | { readonly error: PlainError }
);

/** Milliseconds that a process may take to end. */
const PATIENCE = 5000;

function revived({ name, message, hint }: PlainError): Error {
  const Kind = Object.values(errors).find((kind) => kind.name === name);
  return Kind === undefined ? new Error(message) : new Kind(message, hint === undefined ? {} : { hint });
}

/**
 * Opens a work in a process of its own: however long it computes, this one stays in touch with the queue; and each has the backend
 * that it asks for.
 */
export const openElsewhere: OpenWork = async (about, { workers, store }) => {
  const child = fork(fileURLToPath(workerFile('work')), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit').catch(() => undefined);
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lost = false;
  child.on('message', (answer: Answered) => {
    const asker = waiting.get(answer.number);
    waiting.delete(answer.number);
    if ('error' in answer) asker?.reject(revived(answer.error));
    else asker?.resolve(answer.value);
  });
  const lose = (reason: string) => {
    lost = true;
    for (const { reject } of waiting.values())
      reject(new Error(`the process that computes ended: ${reason}`));
    waiting.clear();
  };
  child.on('error', ({ message }) => lose(message));
  child.on('exit', (code, signal) => lose(signal ?? `exit code ${code}`));
  let next = 0;
  const ask = (asked: (number: number) => Asked): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const number = next++;
      if (lost) return reject(new Error('the process that computes ended'));
      waiting.set(number, { resolve, reject });
      child.send(asked(number), (error) => {
        if (error !== null) reject(error);
      });
    });
  async function close(): Promise<void> {
    if (lost) return;
    child.send({ kind: 'close' } satisfies Asked, () => undefined);
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    await gone;
    clearTimeout(timer);
  }
  try {
    const found = await ask(() => ({ kind: 'open', about, workers, store: store.name }));
    return {
      work: {
        about: found as AnyWork['about'],
        run: async (parts) => (await ask((number) => ({ kind: 'run', number, parts }))) as unknown[],
      },
      close,
      isLost: () => lost,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
