export { type EncoderLabelsOptions, encoderLabels } from '../augment/encoderLabels.js';
export {
  type LatentPath,
  latentPath,
  type PathName,
  pathNames,
  type Waypoint,
} from '../augment/paths.js';
export type { PipelineJSON } from '../augment/pipeline/pipeline.js';
export { activationKnn } from '../classify/activationKnn.js';
export {
  type ActivationKnnJson,
  activationKnnFromJSON,
  activationKnnToJSON,
} from '../classify/activationKnnJson.js';
export type { Cnn, CnnOptions } from '../classify/cnn.js';
export { type CnnPreset, type CnnPresetName, cnnPresets } from '../classify/cnnPresets.js';
export { exactKnn } from '../classify/exactKnn.js';
export {
  type Features,
  type KnnEngine,
  type KnnEngineName,
  type KnnOptions,
  knnEngineNames,
} from '../classify/knnEngine.js';
export { knnEngine } from '../classify/knnEngines.js';
export { mlKnn } from '../classify/mlKnn.js';
export { type Keep, keptParts } from '../node/keptParts.js';
export type {
  Arm,
  ArmFacts,
  ArmTexts,
  CodeArm,
  EnlargedSupport,
  EnlargeOptions,
  ImageArm,
  TrainingPlan,
} from './arms/arm.js';
export { armNamed, armNames, defaultArms } from './arms/arms.js';
export { codeArmNames, defaultCodeArms } from './codes/codeArms.js';
export { type EvaluateCodesOptions, evaluateCodes } from './codes/evaluateCodes.js';
export { type EvaluationData, evaluationDataNames } from './data.js';
export { type BalancedChoiceOptions, balancedChoice, type EmbeddingOptions } from './embed/embedding.js';
export { type TsneOptions, tsne } from './embed/tsne.js';
export { type UmapOptions, umap } from './embed/umap.js';
export { evaluate } from './evaluate.js';
export {
  type HeldOutClassifier,
  type HeldOutClassifierOptions,
  heldOutClassifier,
  restoreHeldOutClassifier,
} from './interpolation/heldOutClassifier.js';
export {
  type ChoosePairsOptions,
  choosePairs,
  evenOmegas,
  type ImagePair,
  type IndexPair,
  type InterpolateOptions,
  type InterpolationPath,
  imagePairs,
  interpolate,
  interpolationPaths,
  interpolationPathsIn,
  type MidpointLabelsOptions,
  midpointLabels,
} from './interpolation/latentInterpolation.js';
export { type ClassOrder, classOrder, spearman } from './metrics/classOrder.js';
export { type FeatureGaussian, featureGaussian, frechetDistance } from './metrics/frechetDistance.js';
export {
  type LabeledCodes,
  type LinearProbe,
  type LinearProbeOptions,
  linearProbe,
} from './metrics/linearProbe.js';
export {
  type DensityCoverage,
  densityCoverage,
  type FeaturePoints,
  largestStepRatio,
  type Manifold,
  manifoldOf,
  type PrecisionRecall,
  precisionRecall,
} from './metrics/manifold.js';
export { type PrincipalPlane, principalPlane } from './metrics/principalPlane.js';
export { trustworthiness } from './metrics/trustworthiness.js';
export type { EvaluateOptions } from './onWorkers.js';
export {
  type EpisodeEncoderOptions,
  type EpisodeEncoderProtocol,
  type GivenEncoderProtocol,
  type Protocol,
  type ProtocolData,
  type ProtocolName,
  type ProtocolSources,
  protocolNames,
  protocols,
} from './protocols.js';
export { evaluateQuality, type QualityOptions } from './quality/evaluateQuality.js';
export { type InterpolationStepsOptions, interpolationSteps } from './quality/interpolationSteps.js';
export {
  type AccuracyScoreOptions,
  classificationAccuracyScore,
  labelPreservation,
  naiveAugmentationScore,
} from './quality/measureImages.js';
export {
  QUALITY_SCHEMA,
  type QualityComparison,
  type QualityFigure,
  type QualityMeasure,
  type QualityResult,
  type QualityRow,
  qualityMeasures,
} from './quality/qualityResult.js';
export { defaultQuality, type QualityMaterial, type QualitySettings } from './quality/qualitySettings.js';
export {
  type ArmResult,
  type Comparison,
  EVAL_SCHEMA,
  type EvaluationResult,
  type Mistakes,
  type ShotCurve,
  type UnknownResults,
} from './result.js';
export {
  type ClassifierName,
  type CodeClassifierName,
  type CodeEvaluationSettings,
  type CompleteCodeSettings,
  codeClassifierNames,
  defaultCodeSettings,
  defaultSettings,
  type EvaluationSettings,
  type ImageClassifierName,
  type NamedPipeline,
} from './settings.js';
export { type Estimate, estimate, type Proportion, pairedDifference, proportion } from './statistics.js';
