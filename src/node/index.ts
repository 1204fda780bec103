export { type ReadableOptions, toReadable } from './toReadable.js';
