export * from './augment/index.js';
export * from './trainModel.js';
