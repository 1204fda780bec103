export * from './lineInterpolation.js';
