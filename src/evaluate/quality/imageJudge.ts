import type { CnnJson } from '../../classify/cnnJson.js';
import { type ImageSource, slice } from '../../data/imageSource.js';
import type { Keep } from '../../node/files.js';
import {
  type HeldOutClassifier,
  heldOutClassifier,
  restoreHeldOutClassifier,
} from '../interpolation/heldOutClassifier.js';
import { judgeImagesOf, type QualitySettings } from './qualitySettings.js';

export interface Judge {
  readonly classifier: HeldOutClassifier;
  /** Share of the test images that it puts into their class. */
  readonly accuracy: number;
}

export interface JudgeOptions {
  readonly keep: Keep;
  /** What all figures depend on, beside the settings of the judge. */
  readonly key: object;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** The classifier that judges images: trained now on the first train images, or what was kept of an earlier training. */
export async function judgeOf(
  { train, test }: { readonly train: ImageSource; readonly test: ImageSource },
  settings: QualitySettings,
  { keep, key, onProgress, signal }: JudgeOptions,
): Promise<Judge> {
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
