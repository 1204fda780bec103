export * from './atomicWrite.js';
export * from './keptParts.js';
export * from './leftovers.js';
export * from './loadModel.js';
export * from './lock.js';
