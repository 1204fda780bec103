export { type AffineOptions, affine } from './affine.js';
export { brightness } from './brightness.js';
export { compose } from './compose.js';
export { crop } from './crop.js';
export { flip } from './flip.js';
export type { ImageTransform } from './transform.js';
export { transformed } from './transformed.js';
