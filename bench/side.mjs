import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** One thread everywhere, so that ratios do not depend on how many cores are idle. */
const oneThread = {
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
};

/**
 * A process that has set up one measurement and waits: it measures a round per line on its stdin. So the sides of a
 * comparison take turns and none computes while another is timed. The line may say what is measured.
 *
 * It writes one JSON object a line: first `{ready: facts}` or `{failed: reason}`, then `{value}` per round.
 */
export class Side {
  #child;
  #replies;
  #stderr = '';

  constructor(command, args, env = {}) {
    this.#child = spawn(command, args, { env: { ...process.env, ...oneThread, ...env }, stdio: 'pipe' });
    this.#child.stderr.on('data', (text) => {
      this.#stderr = (this.#stderr + text).slice(-2000);
    });
    this.#child.stdin.on('error', () => {});
    this.#replies = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.exited = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('close', (code) => resolve(`exit code ${code}\n${this.#stderr.trim()}`));
    });
  }

  async #reply() {
    const ended = this.exited.then((why) => ({ failed: why }));
    const line = this.#replies.next().then(({ value, done }) => (done ? ended : JSON.parse(value)));
    const reply = await Promise.race([line, ended]);
    if (reply.failed !== undefined) throw new Error(reply.failed);
    return reply;
  }

  /** What the process says of itself once it is set up and warm. */
  ready = async () => (await this.#reply()).ready;

  async round(line = 'round') {
    this.#child.stdin.write(`${line}\n`);
    return (await this.#reply()).value;
  }

  async close() {
    this.#child.stdin.end();
    await this.exited;
  }
}
