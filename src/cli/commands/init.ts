import { stderr, stdin, stdout } from 'node:process';
import { defineCommand } from '../command.js';
import { firstRun, questionsOn } from '../firstRun.js';
import { common, ownData } from '../options/common.js';
import { given } from '../options/kinds.js';
import type { Options } from '../options/option.js';

const options = {
  yes: { kind: given, help: 'ask nothing' },
  force: { ...common.force, help: 'replace a config that is there' },
} satisfies Options;

/** `fewshot init`: a look at somebody's images, and settings for every command that follows. */
export const command = defineCommand({
  table: { name: 'init', options, recorded: [], always: [] },
  argument: { usage: '[data]', help: `${ownData} (default: it is asked for)` },
  run({ yes, force }, { signal, terminal, argument: data }) {
    const asks = yes !== true && stdin.isTTY && stderr.isTTY;
    return firstRun({
      ...(data === undefined ? {} : { data }),
      ...(asks ? { questions: questionsOn(stdin, stderr, signal) } : {}),
      force: force === true,
      terminal,
      say: (text) => stdout.write(text),
      signal,
    });
  },
});
