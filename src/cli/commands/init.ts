import { stderr, stdin, stdout } from 'node:process';
import { Command } from 'commander';
import { CONFIG_FILE } from '../config.js';
import { firstRun, questionsOn } from '../firstRun.js';
import { ownData } from '../flags.js';
import { run } from '../run.js';
import { createTerminal } from '../terminal.js';

interface InitFlags {
  readonly yes?: true;
  readonly force?: true;
}

/** `fewshot init`: a look at somebody's images, and settings for every command that follows. */
export function initCommand(): Command {
  return new Command('init')
    .description(`look at your images, propose settings for them, and write these to ${CONFIG_FILE}`)
    .argument('[data]', `${ownData} (default: it is asked for)`)
    .option('--yes', 'ask nothing')
    .option('--force', 'replace a config that is there')
    .action((data: string | undefined, flags: InitFlags) =>
      run((signal) => {
        const asks = flags.yes !== true && stdin.isTTY && stderr.isTTY;
        return firstRun({
          ...(data === undefined ? {} : { data }),
          ...(asks ? { questions: questionsOn(stdin, stderr, signal) } : {}),
          force: flags.force === true,
          terminal: createTerminal(false),
          say: (text) => stdout.write(text),
          signal,
        });
      }, 'Nothing was written.'),
    );
}
