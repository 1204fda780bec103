import type { Job as QueuedJob } from 'bullmq';
import { FewshotError } from '../../core/errors.js';
import { PART_SCHEMA, type PartHeader } from '../../node/parts/partFile.js';
import { someAtATime } from '../../node/parts/someAtATime.js';
import type { Store } from '../../node/parts/store.js';
import type { Terminal } from '../terminal.js';
import { type Broker, farewell } from './broker.js';
import { digestOfWork, idOf, jobOf, QUEUE, resultName } from './job.js';
import { workersAt } from './presence.js';
import { lender } from './supplies.js';
import { type AnyWork, workKinds } from './works.js';

export interface SubmitOptions {
  readonly store: Store;
  readonly command: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Called with the number of parts that are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** About how many jobs a work is cut into. */
const JOBS = 100;
/** Jobs that are on the queue at a time: memory does not grow with the work. */
const WINDOW = 500;
/** Jobs that fail before no more are tried. */
const MOST_FAILURES = 10;
/** Milliseconds between looks at jobs that say nothing. */
const LOOK = 3000;

/** Number of shards that a work is cut into. */
export const shardsOf = (parts: number, most = 50): number =>
  Math.ceil(parts / Math.min(most, Math.ceil(parts / JOBS)));

/**
 * Has workers do all parts of a work that the store lacks. The store alone tells what is done, so broker, workers and this process
 * may end at any moment: the same command goes on.
 *
 * @returns names of the results in the store
 * @throws FewshotError naming parts that failed in all tries
 */
export async function submit(
  work: Pick<AnyWork, 'about' | 'parts' | 'most'>,
  broker: Broker,
  options: SubmitOptions,
): Promise<string[]> {
  const { store, command, terminal, signal, onProgress } = options;
  const { Queue, QueueEvents } = broker.packages.bullmq;
  const of = shardsOf(work.parts, work.most);
  const about: PartHeader['about'] = JSON.parse(JSON.stringify(work.about));
  const headerAt = (number: number): PartHeader => ({
    ...{ schema: PART_SCHEMA, command, about, parts: work.parts, shard: [number, of] },
  });
  const digest = digestOfWork(jobOf(headerAt(1)));
  const isDone = (number: number) => store.has(resultName(digest, number));

  const queue = new Queue(QUEUE!, broker.options);
  const events = new QueueEvents(QUEUE!, {
    ...broker.options,
    connection: broker.options.connection.duplicate(),
  });
  let lost = false;
  const onError = ({ message }: Error) => {
    if (!lost) terminal.note(`The queue ${broker.name} does not answer (${message}); trying again.`);
    lost = true;
  };
  queue.on('error', onError);
  events.on('error', onError);
  /** Jobs on the queue: shard by identity. */
  const out = new Map<string, number>();
  const failures = new Map<number, string>();
  let next = 1;
  let finished = 0;
  let wake = () => {};
  const reported = new Set<string>();
  const report = (id: string) => {
    if (!out.has(id)) return;
    reported.add(id);
    wake();
  };
  events.on('completed', ({ jobId }) => report(jobId));
  events.on('failed', ({ jobId }) => report(jobId));
  const tell = () => onProgress?.(Math.min(work.parts, Math.round((finished / of) * work.parts)), work.parts);

  async function fill(): Promise<void> {
    while (next <= of && out.size < WINDOW && failures.size < MOST_FAILURES) {
      const numbers = Array.from({ length: Math.min(WINDOW - out.size, of - next + 1) }, () => next++);
      const added: number[] = [];
      for await (const [number, done] of someAtATime(numbers, isDone)) {
        if (done) finished++;
        else added.push(number);
      }
      for (const number of added) out.set(idOf(digest, number), number);
      if (added.length > 0) await queue.addBulk(added.map(jobAt));
    }
  }

  const jobAt = (number: number) => ({
    name: work.about.kind,
    data: jobOf(headerAt(number)),
    opts: {
      jobId: idOf(digest, number),
      attempts: 3,
      backoff: { type: 'exponential', delay: 1000 },
      removeOnComplete: true,
    },
  });

  /** Finds out what became of a job, from the store and the queue. */
  async function settle(id: string): Promise<void> {
    const number = out.get(id);
    if (number === undefined) return;
    const end = () => {
      out.delete(id);
      finished++;
      tell();
    };
    const job: QueuedJob | undefined = await queue.getJob(id);
    if (await isDone(number)) {
      // Another try of a job that is done would do no harm, but cost time.
      if (job !== undefined) await job.remove().catch(() => undefined);
      return end();
    }
    if (job === undefined) return void (await queue.addBulk([jobAt(number)]));
    const state = await job.getState();
    if (state === 'completed') {
      await job.remove().catch(() => undefined);
      await queue.addBulk([jobAt(number)]);
    } else if (state === 'failed') {
      out.delete(id);
      failures.set(number, job.failedReason);
    }
  }

  /** Takes jobs of this work off the queue that an earlier run parked, so that they are tried again. */
  async function unpark(): Promise<void> {
    const parked = (await queue.getFailed(0, -1)).filter((job) => job !== undefined);
    for (const job of parked)
      if (digestOfWork(job.data) === digest) await job.remove().catch(() => undefined);
  }

  const paths = workKinds[about.kind]?.pathsIn(about.settings as object) ?? [];
  const watch = watchWorkers(broker, digest, lender(store, digest, paths, terminal.note), terminal);

  async function drive(): Promise<void> {
    let settled = performance.now();
    await events.waitUntilReady();
    await unpark();
    await fill();
    tell();
    while (out.size > 0) {
      signal.throwIfAborted();
      const patience = LOOK - (performance.now() - settled);
      if (reported.size === 0 && patience > 0) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((done) => {
          wake = done;
          timer = setTimeout(done, patience);
        });
        clearTimeout(timer);
      }
      if (broker.options.connection.status !== 'ready') {
        await new Promise((done) => setTimeout(done, 200));
        continue;
      }
      lost = false;
      const all = performance.now() - settled >= LOOK;
      const ids = all ? [...out.keys()] : [...reported];
      reported.clear();
      for (const id of ids) {
        signal.throwIfAborted();
        await settle(id);
      }
      if (all) {
        settled = performance.now();
        await watch.look();
      }
      await fill();
    }
  }

  // A broker that is away may leave any of its questions without an answer.
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
      wake();
    };
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    await Promise.race([drive(), stopped]);
  } catch (error) {
    // What workers have begun they end; nobody waits for the rest.
    if (signal.aborted && broker.options.connection.status === 'ready')
      await farewell(Promise.all([...out.keys()].map((id) => queue.remove(id))));
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await farewell(Promise.all([queue.close(), events.close()]));
  }
  if (failures.size > 0) {
    const [number, reason] = [...failures][0]!;
    const more = failures.size === 1 ? '' : `, and ${failures.size - 1} more`;
    throw new FewshotError(`job ${number} of ${of} failed in all tries: ${reason}${more}`, {
      hint: 'Results so far are kept. Mend the cause and start the same command again.',
    });
  }
  return Array.from({ length: of }, (_, i) => resultName(digest, i + 1));
}

/** Tells when there is no worker, one is gone, or one leaves this work to others, and lends what workers lack. */
function watchWorkers(
  { options, name: address }: Broker,
  digest: string,
  lend: (path: string) => Promise<boolean>,
  { note }: Terminal,
) {
  let before: ReadonlySet<string> | undefined;
  const told = new Set<string>();
  const once = (line: string) => {
    if (!told.has(line)) note(line);
    told.add(line);
  };
  return {
    async look() {
      const found = await workersAt(options.connection).catch(() => undefined);
      if (found === undefined) return;
      const now = new Set(found.map(({ name }) => name));
      for (const { name, refuses, lacks } of found) {
        let lent = false;
        for (const path of lacks[digest] ?? []) lent = (await lend(path)) || lent;
        const reason = refuses[digest];
        if (reason !== undefined && !lent) once(`Worker ${name} leaves this work to others: ${reason}.`);
      }
      for (const name of before ?? [])
        if (!now.has(name)) note(`Worker ${name} is gone; others do its jobs.`);
      if (now.size === 0) once(`No worker is at ${address}. Start one: fewshot worker --queue … --store …`);
      before = now;
    },
  };
}
