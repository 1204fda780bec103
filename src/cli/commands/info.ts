import { stdout } from 'node:process';
import { describeBackend } from '../../backend/backendInfo.js';
import { version } from '../../core/version.js';
import { selectBackend } from '../../node/selectBackend.js';
import { defineCommand } from '../command.js';
import { common } from '../options/common.js';

/** `fewshot info`: the backend that computes here, and why. */
export const command = defineCommand({
  table: { name: 'info', options: { backend: common.backend }, recorded: [], always: [] },
  async run({ backend }) {
    const lines = describeBackend(await selectBackend(backend));
    stdout.write(`${[`fewshot-atnl ${version}`, ...lines].join('\n')}\n`);
  },
});
