import { stderr } from 'node:process';
import { FewshotError, UsageError } from '../core/errors.js';
import type { Options } from './options/option.js';

/** Exit codes: 1 for a failure, 2 for a wrong request, 130 for Ctrl-C (128 + SIGINT, as shells have it). */
const FAILURE = 1;
export const USAGE = 2;
const INTERRUPTED = 130;

/** Thrown when the user stops a command. */
class Interrupted extends Error {}

/** Writes to stderr what went wrong, and returns the exit code. Flags are named for options that an error is about. */
export async function report(error: unknown, options: Options = {}): Promise<number> {
  if (error instanceof Interrupted) {
    stderr.write(`\nInterrupted. ${error.message}\n`);
    return INTERRUPTED;
  }
  const message = error instanceof Error ? error.message : String(error);
  stderr.write(`fewshot: ${message}${await flagsOf(error, message, options)}\n`);
  if (error instanceof FewshotError && error.hint !== undefined) stderr.write(`  ${error.hint}\n`);
  if (process.env.FEWSHOT_DEBUG && error instanceof Error) stderr.write(`${error.stack}\n`);
  return error instanceof UsageError ? USAGE : FAILURE;
}

/** ` (--teacher)`, for options that the message does not name by their flags. */
async function flagsOf(error: unknown, message: string, options: Options): Promise<string> {
  if (!(error instanceof FewshotError) || error.options.length === 0) return '';
  const { flagOf } = await import('./options/option.js');
  const flags = error.options.flatMap((name) =>
    Object.hasOwn(options, name) ? [flagOf(name, options[name])] : [],
  );
  const missing = flags.filter((flag) => !message.includes(flag));
  return missing.length === 0 ? '' : ` (${missing.join(', ')})`;
}

interface RunOptions {
  readonly options: Options;
  /** Sentence about what an interruption leaves behind. */
  readonly kept: string;
  /** File that no other run may write meanwhile. */
  readonly output: string | undefined;
}

/** Runs a command and returns its exit code. Ctrl-C aborts the command's signal; a second one ends the process at once. */
export async function runToEnd(
  command: (signal: AbortSignal) => Promise<void>,
  { options, kept, output }: RunOptions,
): Promise<number> {
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
    return 0;
  } catch (error) {
    return report(error, options);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
