export type { Batch } from './batch.js';
export { type MixOptions, type MixSource, mixSources } from './mixSources.js';
export { pullThrough } from './pullThrough.js';
export { type BatchOptions, toBatch, toBatches } from './toBatches.js';
