import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { UsageError } from '../../core/errors.js';
import { PREFIX } from './job.js';

/** The packages that a queue needs. */
export interface Packages {
  readonly bullmq: typeof import('bullmq');
  readonly Redis: typeof Redis;
}

/** A broker that answers. */
export interface Broker {
  readonly packages: Packages;
  /** Address without its password. */
  readonly name: string;
  /** What BullMQ's classes are made with. */
  readonly options: { readonly connection: Redis; readonly prefix: string };
  /** True if it keeps jobs over a restart. */
  readonly persists: boolean;
  /** Ends all connections, also those made of the first one. */
  close(): Promise<void>;
}

/** Milliseconds that a broker may take to answer at the end. */
const FAREWELL = 2000;

/** Waits for a last answer of a broker, not for long: it may be away. What is busy has all the time it needs. */
export async function farewell(answer: Promise<unknown>, busy = () => false): Promise<void> {
  let answered = false;
  const settled = answer
    .catch(() => undefined)
    .then(() => {
      answered = true;
    });
  const waiting = new AbortController();
  let since = performance.now();
  while (!answered && performance.now() - since < FAREWELL) {
    await Promise.race([settled, sleep(100, undefined, { signal: waiting.signal }).catch(() => undefined)]);
    if (busy()) since = performance.now();
  }
  waiting.abort();
}

const option = 'queue';

/**
 * Connects to a Redis or Valkey server, and checks that it keeps what it is given.
 *
 * @throws UsageError for an address that is none, a server that does not answer or may throw jobs away, and missing packages
 */
export async function connect(address: string): Promise<Broker> {
  const url = urlOf(address);
  const packages = await load();
  const name = shownUrl(url);
  const opened: Redis[] = [];
  const kept = (made: Redis): Redis => {
    // Each connection that fails is told of by whoever uses it.
    made.on('error', () => undefined);
    opened.push(made);
    const duplicate = made.duplicate.bind(made);
    made.duplicate = (more) => kept(duplicate(more));
    return made;
  };
  const connection = kept(
    new packages.Redis(address, {
      maxRetriesPerRequest: null,
      enableReadyCheck: true,
      retryStrategy: (times) => Math.min(250 * times, 5000),
    }),
  );
  const close = async () => {
    for (const each of opened) each.disconnect();
  };
  try {
    const persists = await checked(connection, name);
    return {
      ...{ packages, name, persists, close },
      options: { connection, prefix: PREFIX! },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function urlOf(address: string): URL {
  try {
    const url = new URL(address);
    if (['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '') return url;
  } catch {}
  throw new UsageError(`${address} is no address of a queue`, {
    hint: 'Name a Redis or Valkey server, as redis://localhost:6379; rediss:// for TLS.',
    option,
  });
}

/** An address without user and password. */
function shownUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

async function load(): Promise<Packages> {
  try {
    const [bullmq, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { bullmq, Redis };
  } catch (cause) {
    throw new UsageError('a queue needs the packages bullmq and ioredis', {
      hint: 'npm install bullmq ioredis',
      option,
      cause,
    });
  }
}

/** Milliseconds that a server may take to answer at the start, and for which it may be away, as while it starts. */
const [PATIENCE, AWAY] = [5000, 2000];
const awayCodes = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'];

/** Connects, and returns whether the server keeps jobs over a restart. */
async function checked(connection: Redis, name: string): Promise<boolean> {
  const refuse = (reason: string, hint: string, cause?: unknown) =>
    new UsageError(`cannot use the queue ${name}: ${reason}`, { hint, option, cause });
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const failed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it does not answer')), PATIENCE);
    connection.on('error', (error: NodeJS.ErrnoException) => {
      if (!awayCodes.includes(error.code ?? '') || performance.now() - start > AWAY) reject(error);
    });
  });
  let info: string;
  try {
    info = await Promise.race([connection.info(), failed]);
  } catch (cause) {
    const hint = /NOAUTH|WRONGPASS|NOPERM/.test(String(cause))
      ? 'Give user and password in the address: redis://user:password@host:6379.'
      : 'Is the server running, and is its address right? redis-server starts one here.';
    throw refuse(reasonOf(cause as NodeJS.ErrnoException), hint, cause);
  } finally {
    clearTimeout(timer);
  }
  const fact = (key: string) => new RegExp(`^${key}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const policy = fact('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    throw refuse(
      `its memory policy is ${policy}, which throws jobs away when memory is short`,
      'Set it: redis-cli config set maxmemory-policy noeviction.',
    );
  }
  if (fact('aof_enabled') === '1') return true;
  // Services that hide their configuration keep their own copies.
  const save = (await connection.config('GET', 'save').catch(() => ['save', 'hidden'])) as string[];
  return save[1] !== '';
}

/** What errors of a connection mean, by their code or the beginning of their text. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED/, 'connection refused'],
  [/^(ENOTFOUND|EAI_AGAIN)/, 'there is no such host'],
  [/^ETIMEDOUT/, 'it does not answer'],
  [/^(ECONNRESET|EPIPE)/, 'it closed the connection'],
  [/^NOAUTH/, 'it asks for a password'],
  [/^WRONGPASS/, 'user or password is wrong'],
  [/^(Unknown RESP type|Protocol error)/, 'what answers there is no Redis or Valkey server'],
];

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return reasons.find(([pattern]) => pattern.test(code ?? message))?.[1] ?? message;
}
