export {
  type AccuracyScoreOptions,
  classificationAccuracyScore,
  naiveAugmentationScore,
} from './accuracyScores.js';
export type { QualityMaterial } from './checks.js';
export { evaluateQuality, type QualityOptions } from './evaluateQuality.js';
export { type InterpolationStepsOptions, interpolationSteps } from './interpolationSteps.js';
export { labelPreservation } from './labelPreservation.js';
export { type QualityMeasure, qualityMeasures } from './measures.js';
export * from './result.js';
export { defaultQuality, type QualitySettings } from './settings.js';
