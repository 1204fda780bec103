import { stderr } from 'node:process';
import { FewshotError, UsageError } from '../core/errors.js';

/** Exit codes: 1 for a failure, 2 for a wrong request, 130 for Ctrl-C (128 + SIGINT, as shells have it). */
const FAILURE = 1;
export const USAGE = 2;
const INTERRUPTED = 130;

/** Thrown when the user stops a command. */
class Interrupted extends Error {}

/** Tells on stderr what went wrong, and gives the exit code. */
export function report(error: unknown): number {
  if (error instanceof Interrupted) {
    stderr.write(`\nInterrupted. ${error.message}\n`);
    return INTERRUPTED;
  }
  const message = error instanceof Error ? error.message : String(error);
  stderr.write(`fewshot: ${message}\n`);
  if (error instanceof FewshotError && error.hint !== undefined) stderr.write(`  ${error.hint}\n`);
  if (process.env.FEWSHOT_DEBUG && error instanceof Error) stderr.write(`${error.stack}\n`);
  return error instanceof UsageError ? USAGE : FAILURE;
}

/**
 * Runs a command and leaves with its exit code. Ctrl-C aborts the signal that the command is given; a second one ends
 * the process at once.
 *
 * @param kept says what an interruption leaves behind
 * @param output a file that no other run may write meanwhile
 */
export async function run(
  command: (signal: AbortSignal) => Promise<void>,
  kept: string,
  output?: string,
): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort(new Interrupted(kept));
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const { signal } = controller;
    if (output === undefined) await command(signal);
    else await (await import('../node/lock.js')).whileLocked(output, () => command(signal));
    process.exitCode = 0;
  } catch (error) {
    process.exitCode = report(error);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
