import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

/** A Redis server of the test's own. */
export interface RedisServer {
  readonly url: string;
  readonly client: Redis;
  /** Kills the server, and starts it again with what it had written. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts Debian's redis-server on a free port, with its append-only file in a folder. */
export async function startRedis(folder: string, ...more: string[]): Promise<RedisServer> {
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  let server: ChildProcess;
  const start = async () => {
    server = spawn('redis-server', [...options, '--appendonly', 'yes', ...more], { stdio: 'ignore' });
    await once(server, 'spawn');
    for (;;) {
      const found = await client.ping().catch(() => undefined);
      if (found === 'PONG') return;
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  const kill = async () => {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    client,
    async restart() {
      await kill();
      await start();
    },
    async stop() {
      client.disconnect();
      await kill();
    },
  };
}
