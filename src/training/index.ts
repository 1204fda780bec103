export * from './fit.js';
export * from './shifted.js';
export * from './state.js';
