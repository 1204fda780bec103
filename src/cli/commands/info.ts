import { stdout } from 'node:process';
import { Command } from 'commander';
import { describeBackend } from '../../backend/info.js';
import { version } from '../../core/version.js';
import { type BackendRequest, selectBackend } from '../../node/selectBackend.js';
import { backendFlag } from '../flags.js';
import { run } from '../run.js';

/** `fewshot info`: which backend computes here, and why. */
export function infoCommand(): Command {
  return new Command('info')
    .description('which backend is active and why, versions, threads')
    .addOption(backendFlag())
    .action(({ backend }: { backend: BackendRequest }) =>
      run(async () => {
        const lines = describeBackend(await selectBackend(backend));
        stdout.write(`${[`fewshot-atnl ${version}`, ...lines].join('\n')}\n`);
      }, 'Nothing was written.'),
    );
}
