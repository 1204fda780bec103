export { angle, angleMatrix } from './angle.js';
export { expMap } from './exp.js';
export { lerp } from './lerp.js';
export { logMap } from './log.js';
export { type FrechetMeanOptions, frechetMean } from './mean.js';
export { normalize } from './normalize.js';
export type { Omega } from './omega.js';
export {
  anglePoint,
  carryPoint,
  lerpPoint,
  meanPoint,
  scatterPoint,
  slerpPoint,
} from './point.js';
export { slerp } from './slerp.js';
export { transport } from './transport.js';
