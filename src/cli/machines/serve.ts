import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Job as QueuedJob } from 'bullmq';
import * as v from 'valibot';
import { BackendError, DataError, FewshotError, ModelError, UsageError } from '../../core/errors.js';
import { secondsSince } from '../../evaluate/work.js';
import { differenceOf } from '../../node/parts/difference.js';
import { parseParts, partsOf, partText } from '../../node/parts/partFile.js';
import type { Store } from '../../node/parts/store.js';
import type { Terminal } from '../terminal.js';
import { type Broker, farewell } from './broker.js';
import { digestOfWork, headerOf, type Job, jobSchema, QUEUE, resultName } from './job.js';
import type { OpenedWork, OpenWork } from './openWork.js';
import { present } from './presence.js';
import { missingOf, receive } from './supplies.js';
import { openElsewhere } from './workProcess.js';
import { workKinds } from './works.js';

export interface ServeOptions {
  readonly store: Store;
  /** Folder that paths in jobs are relative to, and must lie below: the current one. */
  readonly root: string;
  /** Jobs at a time, and threads. */
  readonly threads: number;
  /** Seconds without a sign of life after which a job goes to another worker. */
  readonly lock: number;
  readonly terminal: Terminal;
  /** Ends the work when the jobs at hand are done. */
  readonly signal: AbortSignal;
  /** Opens works. Default: in processes of their own. */
  readonly open?: OpenWork;
}

/** Times that a job may take its worker down with it before it is parked. */
const MOST_CRASHES = 25;
/** Milliseconds after which a job that a worker cannot do is offered again. */
const LATER = 3000;

/** Does jobs of a queue until it is told to stop: then it finishes those at hand. */
export async function serve(broker: Broker, options: ServeOptions): Promise<void> {
  const { store, root, threads, lock, terminal, signal, open = openElsewhere } = options;
  const { Worker, DelayedError, UnrecoverableError } = broker.packages.bullmq;
  const presence = present(broker.options.connection, threads);
  const works = openWorks((job) => open(job.about, { workers: threads, store }));

  const fetching = new Map<string, Promise<void>>();
  /** Fetches what its submitter has sent to the store; jobs at hand that lack it wait for the first. */
  function fetch(digest: string, path: string): Promise<void> {
    const known = fetching.get(path);
    if (known !== undefined) return known;
    const fetched = receive(store, digest, path)
      .then((isThere) => {
        if (isThere) terminal.note(`Fetched ${path} from ${store.name}.`);
      })
      .finally(() => fetching.delete(path));
    fetching.set(path, fetched);
    return fetched;
  }

  async function work(queued: QueuedJob, token?: string): Promise<void> {
    const read = v.safeParse(jobSchema, queued.data);
    if (!read.success) throw new UnrecoverableError('it is no job of this release');
    const job = read.output;
    const digest = digestOfWork(job);
    const later = async (reason: string, lacks: readonly string[] = []) => {
      if (presence.refusalOf(digest) === undefined)
        terminal.note(`Left to others: ${job.command}: ${reason}.`);
      presence.refuse(digest, reason, lacks);
      await queued.moveToDelayed(Date.now() + LATER, token);
      throw new DelayedError();
    };
    const lacks = presence.lacksOf(digest);
    for (const path of missingOf(lacks)) await fetch(digest, path);
    if (missingOf(lacks).length < lacks.length) presence.accept(digest);
    const refusal = presence.refusalOf(digest) ?? outside(job, root);
    if (refusal !== undefined) return later(refusal, lacks);
    const start = performance.now();
    let values: unknown[];
    const parts = partsOf(headerOf(job));
    try {
      const lease = await works.take(job, digest);
      if ('refusal' in lease) return await later(lease.refusal, lease.lacks);
      try {
        values = await lease.work.run(parts, { threads: 1 });
      } finally {
        lease.release();
      }
    } catch (error) {
      // What was asked for cannot be done: another try would end alike.
      if (error instanceof UsageError) throw new UnrecoverableError(textOf(error));
      throw error instanceof FewshotError ? new Error(textOf(error)) : error;
    }
    const seconds = secondsSince(start);
    await deliver(
      store,
      resultName(digest, job.shard[0]),
      partTextOf(job, parts, values, seconds),
      (reason) => {
        throw new UnrecoverableError(reason);
      },
    );
    terminal.note(`${job.shard.join('/')} of ${job.command}: ${seconds} s.`);
  }

  let atHand = 0;
  const counted = async (...given: Parameters<typeof work>) => {
    atHand++;
    await work(...given).finally(() => atHand--);
  };
  const worker = new Worker(QUEUE!, counted, {
    ...broker.options,
    name: presence.name,
    concurrency: threads,
    lockDuration: 1000 * lock,
    stalledInterval: 1000 * Math.max(1, lock / 3),
    maxStalledCount: MOST_CRASHES,
  });
  let lost = false;
  worker.on('error', (error) => {
    if (!lost) terminal.note(`The queue does not answer (${error.message}); trying again.`);
    lost = true;
  });
  worker.on('completed', () => {
    lost = false;
  });
  worker.on('failed', (job, error) =>
    terminal.note(`${job?.data?.shard?.join('/') ?? 'A job'} failed: ${error.message}`),
  );
  try {
    terminal.note(`Worker ${presence.name} waits for jobs of ${broker.name}; results go to ${store.name}.`);
    await new Promise<void>((done) => {
      if (signal.aborted) done();
      signal.addEventListener('abort', () => done(), { once: true });
    });
    terminal.note('Finishing the jobs at hand.');
  } finally {
    await farewell(worker.close(), () => atHand > 0);
    await works.close();
    await farewell(presence.end());
  }
}

const textOf = ({ message, hint }: FewshotError) => (hint === undefined ? message : `${message}. ${hint}`);

const partTextOf = (job: Job, parts: readonly number[], values: readonly unknown[], seconds: number) =>
  partText(headerOf(job), new Map(parts.map((part, i) => [part, values[i]])), seconds);

/** Puts a result into the store. One that is there already must be the same. */
export async function deliver(
  store: Store,
  name: string,
  text: string,
  refuse: (reason: string) => never,
): Promise<void> {
  if (await store.commit(name, text)) return;
  const there = await store.read(name);
  const values = (found: string) => JSON.stringify([...parseParts(found, name).values]);
  if (there !== undefined && values(there) === values(text)) return;
  refuse(`${store.name}/${name} is there already, with other values`);
}

/** Why a job may not run here: it names what lies outside of the root, or in a network. */
function outside({ about: { kind, settings } }: Job, root: string): string | undefined {
  const own = Object.hasOwn(workKinds, kind) ? workKinds[kind] : undefined;
  if (own === undefined) return `this release knows no work of the kind ${kind}`;
  const top = realpathSync(root);
  const stray = own.pathsIn(settings).find((path) => {
    if (/^\w+:\/\//.test(path)) return true;
    const whole = resolve(root, path);
    const real = existsSync(whole) ? realpathSync(whole) : whole;
    const way = relative(top, real);
    return isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`);
  });
  return stray === undefined ? undefined : `${stray} does not lie below this worker's --root`;
}

/** The work that is open, with its data, models and threads: one at a time. */
function openWorks(openWork: (job: Job) => Promise<OpenedWork>) {
  interface Open {
    readonly digest: string;
    readonly opened: Promise<OpenedWork>;
    users: number;
  }
  let current: Open | undefined;
  let turn = Promise.resolve();
  let idle: (() => void) | undefined;

  async function close(): Promise<void> {
    const open = await current?.opened.catch(() => undefined);
    current = undefined;
    await open?.close();
  }

  const isLost = async ({ opened }: Open) => (await opened.catch(() => undefined))?.isLost() ?? false;

  /** Opens the work of a job, once nobody is at another one. */
  async function change(job: Job, digest: string): Promise<Open> {
    while (current !== undefined && current.digest !== digest && current.users > 0) {
      await new Promise<void>((done) => {
        idle = done;
      });
    }
    if (current?.digest !== digest || (await isLost(current))) {
      await close();
      current = { digest, opened: openWork(job), users: 0 };
    }
    current.users++;
    return current;
  }

  function release(open: Open): void {
    open.users--;
    if (open.users === 0) idle?.();
  }

  return {
    async take(job: Job, digest: string) {
      const changed = turn.then(() => change(job, digest));
      turn = changed.then(
        () => undefined,
        () => undefined,
      );
      const open = await changed;
      try {
        const { work } = await open.opened;
        const difference = differenceOf(JSON.parse(JSON.stringify(work.about)), job.about);
        if (difference === undefined) return { work, release: () => release(open) };
        release(open);
        return { refusal: `here ${difference}`, lacks: [] };
      } catch (error) {
        release(open);
        if (current === open) current = undefined;
        // What can be opened elsewhere is missing or broken here.
        if ([UsageError, DataError, ModelError, BackendError].some((kind) => error instanceof kind)) {
          const lacks = missingOf(workKinds[job.about.kind]!.pathsIn(job.about.settings));
          return { refusal: textOf(error as FewshotError).replace(/\.$/, ''), lacks };
        }
        throw error;
      }
    },
    close,
  };
}
