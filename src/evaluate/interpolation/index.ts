export { type ChoosePairsOptions, choosePairs, type IndexPair, imagePairs } from './choosePairs.js';
export { evenOmegas } from './evenOmegas.js';
export {
  type HeldOutClassifier,
  type HeldOutClassifierOptions,
  heldOutClassifier,
  restoreHeldOutClassifier,
} from './heldOutClassifier.js';
export {
  type ImagePair,
  type InterpolateOptions,
  type InterpolationPath,
  interpolate,
  interpolationPaths,
  interpolationPathsIn,
} from './interpolate.js';
export { type MidpointLabelsOptions, midpointLabels } from './midpointLabels.js';
export { type InterpolationOnLinesOptions, interpolationOnLines } from './onLines.js';
