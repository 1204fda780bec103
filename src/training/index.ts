export * from './fit.js';
export { shownInEpoch } from './order.js';
export * from './shifted.js';
export { decodeState, encodeState, type TrainingState } from './state.js';
