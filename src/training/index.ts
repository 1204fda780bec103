export * from './fit.js';
export * from './state.js';
