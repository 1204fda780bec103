import { resolve } from 'node:path';
import { chdir } from 'node:process';
import { FewshotError, UsageError } from '../../core/errors.js';
import { reasonOf } from '../../node/files.js';
import { openStore } from '../../node/parts/openStore.js';
import { defaultThreads } from '../../node/threads.js';
import { type Context, defineCommand } from '../command.js';
import { connect } from '../machines/broker.js';
import { serve } from '../machines/serve.js';
import { common } from '../options/common.js';
import { text, whole } from '../options/kinds.js';
import type { Flags, Options } from '../options/option.js';

const options = {
  queue: { ...common.queue, required: true, conflicts: [] },
  store: { ...common.store, required: true },
  root: {
    kind: text,
    placeholder: 'folder',
    help: 'paths in jobs are relative to it, and must lie below it',
    default: '.',
  },
  workers: { ...common.workers, help: 'jobs at a time, a thread each' },
  lock: {
    kind: whole(3, 3600),
    placeholder: 'seconds',
    help: 'a worker that says nothing for so long counts as dead, and its jobs go to others',
    default: 30,
  },
  quiet: common.quiet,
} satisfies Options;

async function work(flags: Flags<typeof options>, { signal, terminal }: Context): Promise<void> {
  const { queue, store: place, root, workers: threads = defaultThreads(), lock } = flags;
  const store = await openStore(place.includes('://') ? place : resolve(place));
  enter(root);
  const broker = await connect(queue);
  try {
    if (!broker.persists) {
      terminal.note(`${broker.name} forgets its jobs when it restarts. Submitters offer them again.`);
    }
    await serve(broker, { store, root: '.', threads, lock, terminal, signal });
  } catch (error) {
    throw error instanceof FewshotError
      ? error
      : new FewshotError((error as Error).message, { cause: error });
  } finally {
    await broker.close();
    store.close();
  }
}

/** Makes a folder the current one, of threads too. */
function enter(root: string): void {
  try {
    chdir(root);
  } catch (cause) {
    throw new UsageError(`cannot enter ${root}: ${reasonOf(cause)}`, {
      hint: 'Name a folder.',
      option: 'root',
      cause,
    });
  }
}

/** `fewshot worker`: does jobs of a queue, on any number of machines. */
export const command = defineCommand({
  table: { name: 'worker', options, recorded: [], always: [] },
  run: work,
  kept: () => 'Jobs at hand are finished first.',
});
