/** Functions of a module, by their names. Their parameters are numbers, or booleans for 0 and 1. */
export type Calls = Record<string, (...parameters: (number | boolean)[]) => void>;

/** Threads that run the functions of a module on the memory that they share. */
export interface Threads {
  /** Note calls down, instead of making them, for `run`. */
  readonly notes: Calls;
  /** Forgets the notes that were not run. */
  forget(): void;
  /** Ends a task: the calls noted since the last one, which a single thread makes in order. */
  endTask(): void;
  /** Runs the tasks on all threads, in any order, and returns when they are done. */
  run(): void;
}

let chosen = 1;

/** Number of threads that a kernel may use, this one among them. */
export function threads(): number {
  return chosen;
}

/** Chooses the number of threads. It is 1 where Node's worker threads are missing. */
export function chooseThreads(count: number): void {
  chosen = workerThreads() === undefined ? 1 : count;
}

/** Node's module, by a call that browsers survive. */
const workerThreads = () => globalThis.process?.getBuiltinModule?.('node:worker_threads');

/** Places of `control`: a number that wakes threads when it changes, tasks to begin, tasks to end, and failures. */
const [WAKE, WAITING, UNFINISHED, FAILED] = [0, 1, 2, 3];

/** Most parameters of a function in a note, whose first number is the function's. */
export const PARAMETERS = 16;
const NOTE = 1 + PARAMETERS;

/** Most notes and tasks of one run. What goes beyond is another run. */
const [NOTES, TASKS] = [1 << 16, 1 << 14];

/** Times that a thread looks for news before it sleeps, which takes it longer to wake from: some 20 µs. */
const LOOKS = 2_000;

/** Seconds after which a task counts as lost. */
const PATIENCE = 60;

/** What threads share: notes, the end of each task in them, and `control`. */
interface Board {
  control: Int32Array;
  notes: Int32Array;
  ends: Int32Array;
}

/**
 * Text of a function that takes tasks until none is left: the last one first. `calls` are the module's functions.
 * It is text because a worker gets it as its program, which bundlers and minifiers would not leave intact otherwise.
 */
const work = `function work({ control, notes, ends }, calls) {
  for (let left; (left = Atomics.sub(control, ${WAITING}, 1)) > 0; ) {
    try {
      for (let at = left > 1 ? ends[left - 2] : 0; at < ends[left - 1]; at += ${NOTE}) {
        calls[notes[at]](${Array.from({ length: PARAMETERS }, (_, index) => `notes[at + ${index + 1}]`)});
      }
    } catch {
      Atomics.add(control, ${FAILED}, 1);
    }
    if (Atomics.sub(control, ${UNFINISHED}, 1) === 1) Atomics.notify(control, ${UNFINISHED});
  }
}`;

const program = `${work}
const { binary, memory, board } = process.getBuiltinModule('node:worker_threads').workerData;
const calls = Object.values(new WebAssembly.Instance(binary, { env: { memory } }).exports);
for (let seen = 0; ; seen = Atomics.load(board.control, ${WAKE})) {
  work(board, calls);
  for (let look = 0; look < ${LOOKS} && Atomics.load(board.control, ${WAKE}) === seen; look++);
  Atomics.wait(board.control, ${WAKE}, seen);
}`;

/** Starts the threads of `binary`, which works on `memory`; this one has `exports`. */
export function startThreads(
  binary: WebAssembly.Module,
  memory: WebAssembly.Memory,
  exports: WebAssembly.Exports,
): Threads {
  const ints = (count: number) => new Int32Array(new SharedArrayBuffer(4 * count));
  const board: Board = { control: ints(4), notes: ints(NOTES * NOTE), ends: ints(TASKS) };
  const { control, notes, ends } = board;
  const workOn = new Function(`return ${work}`)() as (board: Board, calls: unknown[]) => void;
  const calls = Object.values(exports);
  let lost: unknown;
  for (let index = 1; index < chosen; index++) {
    const { Worker } = workerThreads()!;
    const worker = new Worker(program, { eval: true, execArgv: [], workerData: { binary, memory, board } });
    worker.unref();
    worker.once('error', (error) => {
      lost = error;
    });
  }

  let [end, tasks] = [0, 0];
  const forget = () => {
    [end, tasks] = [0, 0];
  };
  const close = () => {
    if (end > (tasks === 0 ? 0 : ends[tasks - 1]!)) ends[tasks++] = end;
  };
  const run = () => {
    close();
    const count = tasks;
    forget();
    if (count === 0) return;
    if (lost !== undefined) throw new Error('A thread of the training kernels has ended.', { cause: lost });
    Atomics.store(control, UNFINISHED, count);
    Atomics.store(control, WAITING, count);
    Atomics.add(control, WAKE, 1);
    Atomics.notify(control, WAKE);
    workOn(board, calls);
    try {
      waitForAll(control);
    } catch (error) {
      lost = error;
      throw error;
    }
  };
  const endTask = () => {
    close();
    if (tasks === TASKS) run();
  };
  const noteOf = (call: number): Calls[string] => {
    // Sixteen names, because collecting them in an array takes longer than all else.
    return (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) => {
      if (end === notes.length) run();
      notes[end] = call;
      notes[end + 1] = a as number;
      notes[end + 2] = b as number;
      notes[end + 3] = c as number;
      notes[end + 4] = d as number;
      notes[end + 5] = e as number;
      notes[end + 6] = f as number;
      notes[end + 7] = g as number;
      notes[end + 8] = h as number;
      notes[end + 9] = i as number;
      notes[end + 10] = j as number;
      notes[end + 11] = k as number;
      notes[end + 12] = l as number;
      notes[end + 13] = m as number;
      notes[end + 14] = n as number;
      notes[end + 15] = o as number;
      notes[end + 16] = p as number;
      end += NOTE;
    };
  };
  const names = Object.keys(exports);
  return {
    notes: Object.fromEntries(names.map((name, call) => [name, noteOf(call)])),
    forget,
    endTask,
    run,
  };
}

/** Waits until no task is unfinished. Throws if a thread failed or stays away. */
function waitForAll(control: Int32Array): void {
  for (let look = 0; look < LOOKS && Atomics.load(control, UNFINISHED) > 0; look++);
  for (let seconds = 0, left = 0; ; ) {
    left = Atomics.load(control, UNFINISHED);
    if (left === 0) break;
    if (seconds === PATIENCE) throw new Error('A thread of the training kernels does not answer.');
    if (Atomics.wait(control, UNFINISHED, left, 1000) === 'timed-out') seconds++;
  }
  if (Atomics.load(control, FAILED) > 0) throw new Error('A thread of the training kernels failed.');
}
