export * from './atomicWrite.js';
export * from './keptParts.js';
export * from './loadModel.js';
