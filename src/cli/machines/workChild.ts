import process from 'node:process';
import { FewshotError } from '../../core/errors.js';
import { openStore } from '../../node/parts/openStore.js';
import { type OpenedWork, openHere } from './openWork.js';
import type { Answered, Asked, PlainError } from './workProcess.js';

const plain = (error: unknown): PlainError => ({
  name: (error as Error).name,
  message: (error as Error).message,
  hint: error instanceof FewshotError ? error.hint : undefined,
});

const answer = (answered: Answered) => process.send!(answered);

/** Answers what a function gives, or its error. */
function answering(number: number, act: () => Promise<unknown>): void {
  act().then(
    (value) => answer({ number, value }),
    (error: unknown) => answer({ number, error: plain(error) }),
  );
}

let opened: OpenedWork | undefined;

/** Entry of the process that computes for a worker: opens one work, and runs its parts until it is closed. */
process.on('message', (asked: Asked) => {
  if (asked.kind === 'open') {
    const { about, workers, store } = asked;
    answering(0, async () => {
      opened = await openHere(about, { workers, store: await openStore(store) });
      return opened.work.about;
    });
  } else if (asked.kind === 'run') {
    answering(asked.number, () => opened!.work.run(asked.parts, { threads: 1 }));
  } else {
    void Promise.resolve(opened?.close()).finally(() => process.exit());
  }
});
// The worker says when to end; without it there is nothing to do.
process.on('disconnect', () => process.exit());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
