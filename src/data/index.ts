export * from './episodes.js';
export * from './idx.js';
export { type FolderImage, imageFolder } from './imageFolder.js';
export * from './imageSource.js';
export * from './mnist.js';
export { decodePng, encodePng, type Pixels } from './png.js';
