export * from './geometric/index.js';
export { hallucinate } from './hallucinate.js';
export { type HallucinateOptions, hallucinations } from './hallucinations.js';
export * from './paths/index.js';
