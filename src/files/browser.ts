export type { ModelBytes } from './fetchModel.js';
export * from './loadModelInBrowser.js';
