export { type ClassOrder, classOrder } from './classOrder.js';
export * from './linearProbe.js';
export * from './lineInterpolation.js';
export * from './principalPlane.js';
export { spearman } from './spearman.js';
export { trustworthiness } from './trustworthiness.js';
