export * from './errors.js';
export * from './finite.js';
export * from './image.js';
export * from './imageSet.js';
export * from './points.js';
export * from './random.js';
