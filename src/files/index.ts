export * from './atomicWrite.js';
export * from './loadModel.js';
