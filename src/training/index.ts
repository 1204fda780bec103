export * from './fit.js';
export * from './shifted.js';
export { decodeState, encodeState, type TrainingState } from './state.js';
