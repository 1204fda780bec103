export * from './trainModel.js';
