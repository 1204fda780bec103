import { createInterface } from 'node:readline/promises';
import { UsageError } from '../core/index.js';

/** Asks a person, who may take what is offered by pressing Enter. */
export interface Questions {
  ask(text: string, offered: string): Promise<string>;
  /** Yes is offered. */
  agree(text: string): Promise<boolean>;
}

/**
 * Questions on `output`, with answers from `input`, a line each.
 *
 * @param signal ends a question that waits for its answer
 */
export function questionsOn(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  signal: AbortSignal,
): Questions {
  const ask = async (text: string, offered: string): Promise<string> => {
    const lines = createInterface({ input, output });
    const ended = new AbortController();
    lines.on('close', () => ended.abort());
    // On a terminal the lines are read key by key, Ctrl-C among them.
    lines.on('SIGINT', () => process.emit('SIGINT'));
    try {
      const answer = await lines.question(`${text} (${offered}) `, {
        signal: AbortSignal.any([signal, ended.signal]),
      });
      return answer.trim() || offered;
    } catch (cause) {
      signal.throwIfAborted();
      throw new UsageError('a question was left without an answer', {
        hint: 'Nothing was written. With --yes nothing is asked.',
        cause,
      });
    } finally {
      lines.close();
    }
  };
  const agree = async (text: string): Promise<boolean> => {
    for (;;) {
      const answer = (await ask(text, 'yes')).toLowerCase();
      if (['y', 'yes'].includes(answer)) return true;
      if (['n', 'no'].includes(answer)) return false;
      output.write('Please answer yes or no.\n');
    }
  };
  return { ask, agree };
}
