import { Option } from 'commander';
import { backendNames } from '../backend/index.js';

/** What chooses where a command computes. */
export const backendFlag = (): Option =>
  new Option('--backend <name>', 'TensorFlow.js backend').choices(['auto', ...backendNames]).default('auto');
