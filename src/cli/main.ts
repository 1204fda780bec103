#!/usr/bin/env node
import { Command } from 'commander';
import { version } from '../version.js';
import { augmentCommand } from './augment.js';
import { embedCommand } from './embed.js';
import { evalCommand } from './eval.js';
import { infoCommand } from './info.js';
import { initCommand } from './init.js';
import { inspectCommand } from './inspect.js';
import { interpolateCommand } from './interpolate.js';
import { previewCommand } from './preview.js';
import { qualityCommand } from './quality.js';
import { reportCommand } from './report.js';
import { reproduceCommand } from './reproduce.js';
import { report } from './run.js';
import { trainCommand } from './train.js';
import { addCacheFlag, useCache } from './useCache.js';
import { addConfigFlags, readsConfig, useConfig } from './useConfig.js';

const USAGE = 2;

const program = new Command('fewshot')
  .description('Few-shot augmentation on the unit sphere: hallucinate images with a pretrained ATNL encoder.')
  .version(version)
  .showHelpAfterError('(fewshot help <command> lists the options)');

addCacheFlag(addConfigFlags(program)).hook('preAction', (_, command) => {
  useCache(program.getOptionValue('cache') as boolean);
  return useConfig(command, program.getOptionValue('config')).catch((error) => process.exit(report(error)));
});

for (const command of [
  initCommand(),
  inspectCommand(),
  augmentCommand(),
  evalCommand(),
  trainCommand(),
  interpolateCommand(),
  embedCommand(),
  qualityCommand(),
  reportCommand(),
  reproduceCommand(),
  previewCommand(),
  infoCommand(),
]) {
  program.addCommand(command.showHelpAfterError('(fewshot help <command> lists the options)'));
  if (readsConfig(command)) command.configureHelp({ showGlobalOptions: true });
}

// Commander leaves with 1 for a wrong command line; 2 is the custom, and 1 is a failure here.
for (const command of [program, ...program.commands]) {
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE));
}

await program.parseAsync();
