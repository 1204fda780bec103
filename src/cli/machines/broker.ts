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
  /** A connection for commands that wait. */
  another(): Redis;
  /** True if it keeps jobs over a restart. */
  readonly persists: boolean;
  close(): Promise<void>;
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
  const open = () => {
    const made = new packages.Redis(address, {
      maxRetriesPerRequest: null,
      enableReadyCheck: true,
      retryStrategy: (times) => Math.min(250 * times, 5000),
      lazyConnect: true,
    });
    // Each connection that fails is told of by whoever uses it.
    made.on('error', () => undefined);
    return made;
  };
  const connection = open();
  const opened = [connection];
  const close = async () => {
    for (const each of opened) each.disconnect();
  };
  try {
    const persists = await checked(connection, name);
    return {
      ...{ packages, name, persists, close },
      options: { connection, prefix: PREFIX! },
      another() {
        const made = open();
        opened.push(made);
        return made;
      },
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

/** Milliseconds that a server may take to answer at the start. */
const PATIENCE = 5000;

/** Connects, and returns whether the server keeps jobs over a restart. */
async function checked(connection: Redis, name: string): Promise<boolean> {
  const refuse = (reason: string, hint: string, cause?: unknown) =>
    new UsageError(`cannot use the queue ${name}: ${reason}`, { hint, option, cause });
  let failure: Error | undefined;
  connection.on('error', (error) => {
    failure ??= error;
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure ?? new Error('it does not answer')), PATIENCE);
  });
  let info: string;
  try {
    const failed = new Promise<never>((_, reject) => connection.once('error', reject));
    info = await Promise.race([connection.connect().then(() => connection.info()), failed, late]);
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

function reasonOf(error: NodeJS.ErrnoException): string {
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'connection refused',
    ENOTFOUND: 'there is no such host',
    EAI_AGAIN: 'there is no such host',
    ETIMEDOUT: 'it does not answer',
    ECONNRESET: 'it closed the connection',
  };
  return reasons[error.code ?? ''] ?? error.message;
}
