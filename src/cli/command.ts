import { Argument, type Command } from 'commander';
import type { BackendOptions } from '../backend/start.js';
import { type BackendRequest, selectBackend } from '../node/selectBackend.js';
import { addOptions, type Flags, flagsIn, type Options, type Table } from './options/option.js';
import { runToEnd } from './run.js';
import { createTerminal, type Terminal } from './terminal.js';

/** Tools that a command is run with. */
export interface Context {
  readonly signal: AbortSignal;
  /** Silent under `--quiet`. */
  readonly terminal: Terminal;
  /** The word behind the command's name, if there is one. */
  readonly argument: string | undefined;
  /** All words behind it. */
  readonly words: readonly string[];
}

interface Definition<All extends Options> {
  readonly table: Table<All>;
  readonly argument?: { readonly usage: string; readonly help: string; readonly choices?: readonly string[] };
  readonly run: (flags: Flags<All>, context: Context) => Promise<void>;
  /** Sentence about what an interruption leaves behind. Default: nothing was written. */
  readonly kept?: (flags: Flags<All>) => string;
  /** File that no other run may write meanwhile. */
  readonly output?: (flags: Flags<All>) => string | undefined;
}

/** A command, as its module gives it to the program. */
export interface CommandModule {
  readonly table: Table;
  /** Adds flags and action. `onEnd` takes the exit code. */
  addTo(command: Command, onEnd: (code: number) => void): void;
}

/** Makes a command of its options and its work. */
export function defineCommand<All extends Options>(definition: Definition<All>): CommandModule {
  const { table, argument, run, kept, output } = definition;
  const { options } = table;
  return {
    table: table as unknown as Table,
    addTo(command, onEnd) {
      if (argument !== undefined) {
        const { usage, help, choices } = argument;
        const added = new Argument(usage, help);
        command.addArgument(choices === undefined ? added : added.choices(choices));
      }
      addOptions(command, options);
      command.action(async () => {
        const flags = flagsIn(command, options);
        const terminal = createTerminal((flags as { readonly quiet?: boolean }).quiet === true);
        const code = await runToEnd(
          (signal) => run(flags, { signal, terminal, argument: command.args[0], words: command.args }),
          {
            options,
            kept: kept?.(flags) ?? 'Nothing was written.',
            output: output?.(flags),
          },
        );
        onEnd(code);
      });
    },
  };
}

/** Chooses the backend, and notes which and why. */
export async function useBackend(request: BackendRequest, terminal: Terminal, options: BackendOptions = {}) {
  const backend = await selectBackend(request, options);
  terminal.note(`Backend ${backend.name}: ${backend.reason}.`);
  return backend;
}
