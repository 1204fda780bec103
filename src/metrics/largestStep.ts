import { countFeatures, type FeaturePoints } from './featurePoints.js';

/**
 * How even a path of images is: its largest step between neighbours over its mean step, in a feature space. 1 when all steps are
 * alike, as many as there are steps when the path stands still but for one jump. 1 as well for a path without any change. Our
 * reading of a smooth interpolation; it is not the Smoothness of ACAI, which needs images of lines.
 *
 * @param path the images in order, at least two
 * @throws DataError for fewer, or a value that is not finite
 */
export function largestStepRatio(path: FeaturePoints): number {
  const steps = countFeatures(path, 2) - 1;
  const { values, dimension } = path;
  let [largest, sum] = [0, 0];
  for (let step = 0; step < steps; step++) {
    let square = 0;
    for (let d = step * dimension; d < (step + 1) * dimension; d++)
      square += (values[d + dimension]! - values[d]!) ** 2;
    largest = Math.max(largest, Math.sqrt(square));
    sum += Math.sqrt(square);
  }
  return sum === 0 ? 1 : (largest * steps) / sum;
}
