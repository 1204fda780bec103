import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { version } from '../../core/version.js';
import { PREFIX } from './job.js';

/** What a worker tells of itself. */
export interface Presence {
  readonly name: string;
  readonly version: string;
  readonly node: string;
  readonly threads: number;
  /** Reasons why it leaves works to others, by their digests. */
  readonly refuses: Readonly<Record<string, string>>;
  /** Paths that those works name and that are not there, by digests as well. */
  readonly lacks: Readonly<Record<string, readonly string[]>>;
}

const EVERY = 3000;
/** Milliseconds after which a worker that says nothing counts as gone. */
export const GONE = 4 * EVERY;
const keyOf = (name: string) => `${PREFIX}:worker:${name}`;

/** Tells of a worker as long as it lives. */
export function present(connection: Redis, threads: number) {
  const name = `${hostname()}:${process.pid}`;
  const refuses: Record<string, string> = {};
  const lacks: Record<string, readonly string[]> = {};
  const tell = () => {
    if (connection.status !== 'ready') return;
    const told: Presence = { name, version, node: process.versions.node, threads, refuses, lacks };
    connection.set(keyOf(name), JSON.stringify(told), 'PX', GONE).catch(() => undefined);
  };
  tell();
  const timer = setInterval(tell, EVERY);
  return {
    name,
    /** Why this worker leaves a work to others, once it has told. */
    refusalOf: (digest: string): string | undefined => refuses[digest],
    /** What of it is missing here. */
    lacksOf: (digest: string): readonly string[] => lacks[digest] ?? [],
    refuse(digest: string, reason: string, missing: readonly string[] = []) {
      refuses[digest] = reason;
      lacks[digest] = missing;
      tell();
    },
    /** Takes a refusal back. */
    accept(digest: string) {
      delete refuses[digest];
      delete lacks[digest];
      tell();
    },
    async end() {
      clearInterval(timer);
      if (connection.status === 'ready') await connection.del(keyOf(name)).catch(() => undefined);
    },
  };
}

/** Workers that have told of themselves lately. */
export async function workersAt(connection: Redis): Promise<Presence[]> {
  const keys: string[] = [];
  let cursor = '0';
  do {
    const [next, found] = await connection.scan(cursor, 'MATCH', keyOf('*'), 'COUNT', 1000);
    keys.push(...found);
    cursor = next;
  } while (cursor !== '0');
  if (keys.length === 0) return [];
  const told = await connection.mget(keys);
  return told.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Presence]));
}
