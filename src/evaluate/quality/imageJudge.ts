import type { CnnJson } from '../../classify/cnnJson.js';
import { type ImageSource, slice } from '../../data/imageSource.js';
import type { Keep } from '../../node/keptParts.js';
import {
  type HeldOutClassifier,
  heldOutClassifier,
  restoreHeldOutClassifier,
} from '../interpolation/heldOutClassifier.js';
import { judgeImagesOf, type QualitySettings } from './qualitySettings.js';

/** A classifier that judges made images. */
export interface ImageJudge {
  readonly classifier: HeldOutClassifier;
  /** Share of the test images that it classifies correctly. */
  readonly accuracy: number;
}

export interface ImageJudgeOptions {
  readonly keep: Keep;
  /** Values that all figures depend on, beside the settings of the judge. */
  readonly key: object;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Trains a judge on the first train images, or restores the one that `keep` has of an earlier training. */
export async function imageJudge(
  { train, test }: { readonly train: ImageSource; readonly test: ImageSource },
  settings: QualitySettings,
  { keep, key, onProgress, signal }: ImageJudgeOptions,
): Promise<ImageJudge> {
  const { judgeSteps: steps, seed } = settings;
  const images = judgeImagesOf(settings, train);
  let classifier: HeldOutClassifier | undefined;
  try {
    const kept = await keep<{ readonly net: CnnJson; readonly accuracy: number }>(
      'quality-judge',
      { ...key, images, steps, seed },
      async () => {
        classifier = await heldOutClassifier(slice(train, 0, images), {
          seed,
          onProgress,
          ...(steps === undefined ? {} : { steps }),
          ...(signal === undefined ? {} : { signal }),
        });
        return { net: await classifier.save(), accuracy: await classifier.accuracy(test) };
      },
    );
    classifier ??= restoreHeldOutClassifier(kept.net, train.classes);
    return { classifier, accuracy: kept.accuracy };
  } catch (error) {
    classifier?.dispose();
    throw error;
  }
}
