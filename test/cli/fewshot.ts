import { type ChildProcess, spawn } from 'node:child_process';
import { Console } from 'node:console';
import { fileURLToPath, pathToFileURL } from 'node:url';

const built = (name: string) => fileURLToPath(new URL(`../../dist/cli/${name}.js`, import.meta.url));

export interface Outcome {
  /** `null` when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the process and all of stderr so far, whenever more of it came. */
  readonly onStderr?: (child: ChildProcess, text: string) => void;
}

/** Images are decoded anew unless a test asks for the cache. */
const QUIET = { FEWSHOT_CACHE: '' };

/**
 * Runs the built command line off a terminal, in this process, one command after another. All but the first are spared
 * the start, most of what a small command takes. A process has one backend: here it is wasm, and a command that asks
 * for another gets a process of its own, and so does one whose process the test wants to see.
 */
export function fewshot(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const at = args.indexOf('--backend');
  const otherBackend = at >= 0 && args[at + 1] !== 'wasm';
  if (otherBackend || options.env?.FEWSHOT_BACKEND !== undefined || options.onStderr !== undefined) {
    return fewshotProcess(args, options);
  }
  const outcome = previous.then(() => inThisProcess(inOneThread(args), options));
  previous = outcome.catch(() => undefined);
  return outcome;
}

let previous: Promise<unknown> = Promise.resolve();

/** Threads take longer to start than a small command takes: it has none unless the test asks for some. */
function inOneThread(args: readonly string[]): readonly string[] {
  const hasWorkers = args[0] === 'eval' || args[0] === 'augment';
  const isSettled = args.includes('--workers') || args.includes('--replay');
  return hasWorkers && !isSettled ? [...args, '--workers', '1'] : args;
}

async function inThisProcess(args: readonly string[], { cwd, env }: RunOptions): Promise<Outcome> {
  const { runProgram } = (await import(pathToFileURL(built('program')).href)) as {
    runProgram: (argv: readonly string[]) => Promise<number>;
  };
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  const before = { cwd: process.cwd(), env: { ...process.env }, console: globalThis.console };
  const restoreStdin = replace(process.stdin, 'isTTY', undefined);
  globalThis.console = new Console(process.stdout, process.stderr);
  Object.assign(process.env, QUIET, { FEWSHOT_BACKEND: 'wasm' }, env);
  try {
    if (cwd !== undefined) process.chdir(cwd);
    const code = await runProgram(args);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.chdir(before.cwd);
    for (const name of Object.keys(process.env)) if (!(name in before.env)) delete process.env[name];
    Object.assign(process.env, before.env);
    globalThis.console = before.console;
    restoreStdin();
    stdout.restore();
    stderr.restore();
  }
}

/** Keeps what is written to a stream, which does not look like a terminal meanwhile. */
function capture(stream: NodeJS.WriteStream) {
  const chunks: Buffer[] = [];
  const write: typeof stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    chunks.push(Buffer.from(chunk as string));
    const done = rest.find((value) => typeof value === 'function') as (() => void) | undefined;
    if (done !== undefined) queueMicrotask(done);
    return true;
  };
  const restores = [replace(stream, 'write', write), replace(stream, 'isTTY', undefined)];
  return {
    text: () => Buffer.concat(chunks).toString(),
    restore: () => {
      for (const restore of restores) restore();
    },
  };
}

/** Gives an object another property, and returns what takes it back. */
function replace(object: object, name: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
  return () => {
    if (own === undefined) delete (object as Record<string, unknown>)[name];
    else Object.defineProperty(object, name, own);
  };
}

/** Runs the built command line as a user would, in a process of its own: for signals, crashes and other backends. */
export function fewshotProcess(
  args: readonly string[],
  { cwd, env, onStderr }: RunOptions = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [built('main'), ...args], {
    cwd,
    env: { ...process.env, ...QUIET, ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    onStderr?.(child, stderr);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
