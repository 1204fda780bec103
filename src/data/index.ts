export * from './episodes.js';
export * from './idx.js';
export * from './imageSource.js';
export * from './mnist.js';
