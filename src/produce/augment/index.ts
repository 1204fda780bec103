export * from './augmentFolder.js';
export { type Replay, type ReplayFault, type ReplayOptions, replayFiles } from './replayFiles.js';
export type { AugmentSettings } from './settings.js';
