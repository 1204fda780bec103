/**
 * What is measured of made images, in the order of tables:
 *
 * - `labelPreservation`: share that the judge puts into their class, in [0, 1]
 * - `classificationAccuracy`: CAS, accuracy of a CNN that learnt from them alone, in [0, 1]
 * - `naiveAugmentation`: NAS, accuracy of a CNN that learnt from them and the support set, in [0, 1]
 * - `frechetLeNet`: FLD, from 0 on, less is better
 * - `precision`, `recall`, `coverage`: in [0, 1]
 * - `density`: from 0 on, about 1 for real images
 * - `largestStep`: largest over mean step of a path, from 1 on, less is more even; of `slerp` and `lerp` alone
 */
export const qualityMeasures = [
  'labelPreservation',
  'classificationAccuracy',
  'naiveAugmentation',
  'frechetLeNet',
  'precision',
  'recall',
  'density',
  'coverage',
  'largestStep',
] as const;

export type QualityMeasure = (typeof qualityMeasures)[number];
