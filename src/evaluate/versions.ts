import { version_core as tfjs } from '@tensorflow/tfjs-core';
import { version } from '../core/version.js';

/** Versions that results record. */
export const versionsInUse = () => ({ 'fewshot-atnl': version, tfjs, node: process.versions.node });
